# SPDX-License-Identifier: Apache-2.0

"""What failures of the way to a site mean, and those of any call."""

from glint.i18n import _
from glint.image.refusal import row as failure_row

Action = failure_row.Action
Row = failure_row.Row


def _disabled(noun: str, what: str) -> Row:
    """What Keystone says with 404 or 401, depending on how one logs in."""
    return Row(
        (400, 401, 403, 404),
        'unauthorized',
        what,
        _('Ask its operator to enable it, or register another credential.'),
        says=rf'(?i)\b({noun})\b.* is disabled',
    )


BY_CALL: dict[str, tuple[Row, ...]] = {
    'authenticate': (
        _disabled(
            'project', _("Site %(site)s has disabled the user's project")
        ),
        _disabled('domain', _("Site %(site)s has disabled the user's domain")),
        _disabled('user|account', _('Site %(site)s has disabled the user')),
        Row(
            (400, 401, 403),
            'unauthorized',
            _("Site %(site)s has locked the user"),
            _('Check the credential when the site has unlocked the user.'),
            says=r'(?i)\blocked\b',
        ),
        Row(
            ('glance',),
            'not_keystone',
            _('The auth_url of site %(site)s is a Glance, not a Keystone'),
            _('Give the URL of its Keystone; the catalog names the Glance.'),
        ),
        Row(
            (401,),
            'not_keystone',
            _('The auth_url of site %(site)s is no Keystone, but a service'),
            _('Give the URL of its Keystone; the catalog names the Glance.'),
            # So do Glance and the others, who want a token.
            says='This server could not verify that you are authorized to '
            'access the document you requested',
        ),
        Row(
            (401, 403),
            'unauthorized',
            _('Site %(site)s gives no token for the credential'),
            _(
                'Check its secret, its roles at the site, and whether its '
                'user, project and domain are enabled there, or register '
                'another one.'
            ),
        ),
        Row(
            (404,),
            'unauthorized',
            _('Site %(site)s does not know the credential'),
            _('It was deleted or is not of this site. Register another one.'),
            says='Could not find',
        ),
        Row(
            (300, 400, 404, 405),
            'not_keystone',
            _('Site %(site)s has no Keystone v3 at its auth_url'),
            _('Check auth_url and the names in the credential.'),
        ),
    ),
    'endpoint': (
        Row(
            ('regions',),
            'region_needed',
            _('Site %(site)s has the image service in several regions'),
            _("Set the site's region_name to one of them."),
        ),
        Row(
            ('url',),
            'endpoint_invalid',
            _("Site %(site)s's catalog has no plain http or https URL"),
            _("Have the site's operators correct its image endpoint."),
        ),
    ),
    'list': (),
}

BY_ANY_CALL = (
    Row(
        ('access_rules',),
        'access_rules',
        _('Site %(site)s takes the credential, but not for this call'),
        _(
            'Its access rules do not have the call: register a credential '
            'with a rule for it.'
        ),
    ),
    Row(
        ('rules_ignored',),
        'access_rules',
        _('Site %(site)s refuses what the access rules permit'),
        _(
            "Ask its operator to set service_type for the image service, or "
            'register a credential without access rules.'
        ),
    ),
    Row(
        ('parameters',),
        'credential_incomplete',
        _('The credential for site %(site)s does not fit its type'),
        _('Register another one with all its fields.'),
    ),
    Row(
        ('missing',),
        'no_image_endpoint',
        _('Site %(site)s has no image service in this region and interface'),
        _("Check the site's region_name and interface."),
    ),
    Row(
        ('denied',),
        'address_denied',
        _('Glint must not contact the address or port of site %(site)s'),
        _('If it is a true site, the operator can allow them.'),
    ),
    Row(
        ('ca',),
        'ca_invalid',
        _('The CA certificate of site %(site)s cannot be read'),
        _('Give the site one or more certificates in PEM format.'),
    ),
    Row(
        ('tls_expired',),
        'tls_failed',
        _('The certificate of site %(site)s has expired'),
        _("Have the site's operators renew it."),
    ),
    Row(
        ('tls_early',),
        'tls_failed',
        _('The certificate of site %(site)s is not valid yet'),
        _('Have the clocks of the site and of Glint compared.'),
    ),
    Row(
        ('tls_host',),
        'tls_failed',
        _('The certificate of site %(site)s is for another host'),
        _('Name the site by a host that its certificate is for.'),
    ),
    Row(
        ('tls_self_signed',),
        'tls_failed',
        _('The certificate of site %(site)s is signed by itself'),
        _("If it is the right one, give it as the site's ca_cert."),
    ),
    Row(
        ('tls_version',),
        'tls_failed',
        _('Site %(site)s does not offer TLS 1.2 or later'),
        _("Have the site's operators enable it."),
    ),
    Row(
        ('tls_missing',),
        'tls_failed',
        _('Site %(site)s answers without TLS where its URL says https'),
        _('Correct the URL to http, or to a port that has TLS.'),
    ),
    Row(
        ('tls_wanted',),
        'tls_failed',
        _('Site %(site)s wants TLS where its URL says http'),
        _('Correct the URL to https.'),
    ),
    Row(
        ('tls_unanswered',),
        'unreachable',
        _('Site %(site)s hangs up when TLS begins'),
        _('If the port has no TLS, correct the URL to http; or try later.'),
        retryable=True,
    ),
    Row(
        ('http_unanswered',),
        'unreachable',
        _('Site %(site)s hangs up without an answer'),
        _('If the port has TLS, correct the URL to https; or try later.'),
        retryable=True,
    ),
    Row(
        ('tls',),
        'tls_failed',
        _('The TLS connection to site %(site)s cannot be trusted'),
        _('Give the site the CA certificate that its endpoints need.'),
    ),
    Row(
        ('name', 'unreachable', 'lost'),
        'unreachable',
        _('Site %(site)s cannot be reached'),
        _('Check its URLs, or try again later.'),
        retryable=True,
    ),
    Row(
        ('timeout', 408, 504),
        'timeout',
        _('Site %(site)s did not answer in time'),
        _('Try again later.'),
        retryable=True,
    ),
    Row(
        ('garbled',),
        'bad_answer',
        _('Site %(site)s gave an answer that is none of its API'),
        _('Check its URLs, or try again later.'),
        retryable=True,
    ),
    Row(
        ('record',),
        'bad_answer',
        _('Site %(site)s gave a record of the image that no Glance gives'),
        _("Have the site's operators see to the image."),
    ),
    Row(
        range(300, 400),
        'redirected',
        _('Site %(site)s redirects, which Glint does not follow'),
        _('Give the site the URL that it redirects to.'),
    ),
    Row(
        (401,),
        'unauthorized',
        _('Site %(site)s gives tokens, but does not take them for this call'),
        _('Ask its operator for the reason, or register another credential.'),
        action=Action.FRESH_TOKEN,
    ),
    Row(
        (403,),
        'forbidden',
        _('Site %(site)s does not permit this to the credential'),
        _('Give its user the role that it needs, or use another credential.'),
    ),
    Row(
        (404,),
        'not_found',
        _('Site %(site)s has no such resource'),
        _('Check the image, and the image endpoint of the site.'),
    ),
    Row(
        (413,),
        'quota_exceeded',
        _('The request exceeds a quota of site %(site)s'),
        failure_row.QUOTA,
    ),
    Row(
        (429, *range(500, 600)),
        'unavailable',
        _('Site %(site)s cannot answer at the moment'),
        _('Try again later.'),
        retryable=True,
    ),
    Row(
        range(100, 1000),
        'refused',
        _('Site %(site)s refuses the request'),
        _("Ask the site's operators."),
    ),
)
