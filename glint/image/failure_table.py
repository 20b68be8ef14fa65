# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""What each failure of a site means: one table, from the call to the remedy.

The first row that fits counts: those of the call, then those of any call.
The codes are part of the API: once used, they stay.
"""

from collections.abc import Container
from collections.abc import Iterator
import dataclasses
import enum

from glint.i18n import _


class Action(enum.StrEnum):
    """What to do about a failure, beside trying again or giving up."""

    #: The record that Glint made at the site cannot be used again.
    DELETE_RECORD = 'delete_record'
    #: Get a new token, once; then hold the credential for invalid.
    FRESH_TOKEN = 'fresh_token'  # noqa: S105
    #: Only the image's record tells what became of it: get it, and decide.
    INSPECT = 'inspect'
    #: The same, and when the image has not arrived, send it again, once.
    RESEND = 'resend'
    #: The record is gone: make a new one, once.
    RECREATE = 'recreate'
    #: Leave out the property that the site names.
    DROP_PROPERTY = 'drop_property'


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table.

    :ivar on: what the site answered: an HTTP status, or a word for what came
        instead of one
    :ivar code: the failure's name, for programs
    :ivar what: what happened, for people
    :ivar remedy: what they can do, for people
    :ivar retryable: whether the same may go better a little later
    :ivar action: what else to do
    :ivar says: how the site's words must begin for the row to fit
    """

    on: Container[int | str]
    code: str
    what: str
    remedy: str
    retryable: bool = False
    action: Action | None = None
    says: str = ''


#: What is done about a failure that may pass by itself.
AGAIN = _('Glint tries again.')
_QUOTA = _('Free some quota there or have it raised, then retry.')
#: How Glance's words begin about a limit of its own configuration.
_LIMIT = 'The limit has been exceeded on the number of allowed image '

_FORBIDDEN_RECORD = Row(
    (403,),
    'record_forbidden',
    _("Site %(site)s does not permit the image's metadata"),
    _('Remove the property that it names, or use another credential.'),
    action=Action.DROP_PROPERTY,
)
_GONE_SOURCE = Row(
    (404, 410),
    'source_gone',
    _('Site %(site)s has no such image, or not for this credential'),
    _('Check the image id and the credential.'),
)

#: By what was asked of the site; 'source', 'preflight' and 'verify' were
#: not asked but concluded from what the sites say of themselves and images.
BY_CALL: dict[str, tuple[Row, ...]] = {
    'authenticate': (
        Row(
            (401, 403),
            'unauthorized',
            _('Site %(site)s gives no token for the credential'),
            _('Check it and its roles at the site, or register another one.'),
        ),
        Row(
            (404,),
            'unauthorized',
            _('Site %(site)s does not know the credential'),
            _('It was deleted or is not of this site. Register another one.'),
            says='Could not find',
        ),
        Row(
            (400, 404, 405),
            'not_keystone',
            _('Site %(site)s has no Keystone v3 at its auth_url'),
            _('Check auth_url and the names in the credential.'),
        ),
    ),
    'endpoint': (
        Row(
            ('url',),
            'endpoint_invalid',
            _("Site %(site)s's catalog has no plain http or https URL"),
            _("Have the site's operators correct its image endpoint."),
        ),
    ),
    'list': (),
    'get': (_GONE_SOURCE,),
    'create': (
        Row(
            (400,),
            'record_refused',
            _("Site %(site)s refuses the image's metadata"),
            _('Change or remove the property that it names.'),
        ),
        _FORBIDDEN_RECORD,
        Row(
            (409,),
            'id_taken',
            _('Site %(site)s has, or had, an image with this id'),
            _('Replicate without preserve_id.'),
            action=Action.INSPECT,
        ),
        Row(
            (413,),
            'too_many_properties',
            _('Site %(site)s does not take so many properties'),
            _('Remove some of them in the options.'),
            says=_LIMIT + 'properties',
        ),
        Row(
            (413,),
            'too_many_tags',
            _('Site %(site)s does not take so many tags'),
            _('Remove some of them at the source.'),
            says=_LIMIT + 'tags',
        ),
    ),
    'update': (
        _FORBIDDEN_RECORD,
        Row(
            (409,),
            'image_busy',
            _('Site %(site)s does not change the image now'),
            AGAIN,
            retryable=True,
        ),
    ),
    'delete': (
        Row(
            (403,),
            'image_protected',
            _('Site %(site)s does not let the image be deleted'),
            _('Remove its protection there, or delete it there.'),
        ),
        Row(
            (409,),
            'image_in_use',
            _('The image is in use at site %(site)s and cannot be deleted'),
            AGAIN,
            retryable=True,
        ),
    ),
    'upload': (
        Row(
            (400,),
            'data_refused',
            _("Site %(site)s refuses the image's size or signature"),
            _('Check the signature properties of the image.'),
            action=Action.INSPECT,
        ),
        Row(
            (403,),
            'upload_forbidden',
            _('Site %(site)s does not permit the upload'),
            _('Give the user the role that it needs, then retry.'),
            action=Action.RECREATE,
        ),
        Row(
            (410,),
            'storage_unavailable',
            _('The image storage of site %(site)s takes no images'),
            AGAIN,
            retryable=True,
            action=Action.INSPECT,
            says='Error in store configuration',
        ),
        Row(
            (404, 410),
            'image_gone',
            _('The image was deleted at site %(site)s during the upload'),
            AGAIN,
            retryable=True,
            action=Action.RECREATE,
        ),
        Row(
            (409,),
            'image_busy',
            _('The image at site %(site)s takes no data in its state'),
            AGAIN,
            retryable=True,
            action=Action.RESEND,
        ),
        Row(
            (413,),
            'storage_full',
            _('The image storage of site %(site)s is full'),
            _('Free some space there or have it extended, then retry.'),
            action=Action.DELETE_RECORD,
            says='Image storage media is full',
        ),
        Row(
            (413,),
            'quota_exceeded',
            _("The image exceeds site %(site)s's quota, limit or storage"),
            _QUOTA,
            action=Action.DELETE_RECORD,
        ),
        Row(
            (415,),
            'format_refused',
            _("Site %(site)s refuses the image's content for its disk format"),
            _("Check the image's disk_format, or ask the site to accept it."),
            # Its record keeps the refused data and never takes other data.
            action=Action.DELETE_RECORD,
        ),
        Row(
            (503,),
            'storage_unavailable',
            _('The image storage of site %(site)s is full or unavailable'),
            AGAIN,
            retryable=True,
            action=Action.INSPECT,
        ),
        Row(
            (500, 502, 504, 'lost', 'timeout', 'garbled'),
            'upload_lost',
            _('The upload to site %(site)s broke off'),
            AGAIN,
            retryable=True,
            action=Action.RESEND,
        ),
    ),
    'verify': (
        Row(
            ('status',),
            'not_active',
            _('The image did not become active at site %(site)s'),
            AGAIN,
            retryable=True,
            action=Action.RECREATE,
        ),
        Row(
            ('size', 'hash'),
            'content_differs',
            _('Site %(site)s stored other data than it was sent'),
            AGAIN,
            retryable=True,
            action=Action.RECREATE,
        ),
        Row(
            ('no_hash',),
            'unverifiable',
            _('Site %(site)s gives no hash that Glint can compare'),
            _('Ask the site for a hashing_algorithm such as sha512.'),
            action=Action.DELETE_RECORD,
        ),
    ),
    'download': (
        _GONE_SOURCE,
        Row(
            (204, 'nothing'),
            'source_no_data',
            _('The image at site %(site)s has no data'),
            _('Upload its data there first.'),
        ),
        Row(
            (403,),
            'source_forbidden',
            _("Site %(site)s does not give out the image's data"),
            _('Have the image reactivated, or use another credential.'),
        ),
        Row(
            ('lost', 'timeout'),
            'source_lost',
            _('Site %(site)s stopped sending the image'),
            AGAIN,
            retryable=True,
        ),
        Row(
            ('size',),
            'source_size_differs',
            _("The image's data at site %(site)s has not its recorded size"),
            _('Have the image repaired at the site.'),
        ),
        Row(
            ('hash',),
            'source_corrupt',
            _("The image's data from site %(site)s has not its recorded hash"),
            _('If it stays so, have the image repaired at the site.'),
            retryable=True,
        ),
        Row(
            ('no_space',),
            'spool_failed',
            _("The conductor cannot keep the data of site %(site)s's image"),
            _('Ask the operator for space in the spool directory.'),
            retryable=True,
        ),
    ),
    'source': (
        Row(
            ('status',),
            'source_not_active',
            _('The image at site %(site)s is not active'),
            _('Replicate it when it is.'),
        ),
        Row(
            ('deactivated',),
            'source_deactivated',
            _('The image at site %(site)s is deactivated'),
            _('Have it reactivated first.'),
        ),
        Row(
            ('encrypted',),
            'source_encrypted',
            _('The image at site %(site)s is encrypted, its key stays there'),
            _('Replicate an image that is not encrypted.'),
        ),
        Row(
            ('volumes',),
            'source_no_data',
            _('The image at site %(site)s refers to volumes and has no data'),
            _('Upload the volume to an image, and replicate that one.'),
        ),
        Row(
            ('format',),
            'source_no_format',
            _('The image at site %(site)s has no disk or container format'),
            _('Set both there first.'),
        ),
        Row(
            ('boot',),
            'source_no_kernel',
            _("The image's kernel or ramdisk at site %(site)s is missing"),
            _('Restore it there, or set or remove the property.'),
        ),
    ),
    'preflight': (
        Row(
            ('format',),
            'format_refused',
            _("Site %(site)s does not take the image's format"),
            _("Convert the image, or ask the site's operator to permit it."),
        ),
        Row(
            ('quota',),
            'quota_exceeded',
            _("The image exceeds site %(site)s's quota"),
            _QUOTA,
        ),
        Row(
            ('uploads',),
            'uploads_exceeded',
            _("Site %(site)s's quota of uploads at the same time is used up"),
            AGAIN,
            retryable=True,
        ),
        Row(
            ('length',),
            'name_too_long',
            _('Site %(site)s does not take so long a name'),
            _('Give a shorter one, or remove it.'),
        ),
    ),
}

BY_ANY_CALL = (
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
        range(300, 400),
        'redirected',
        _('Site %(site)s redirects, which Glint does not follow'),
        _('Give the site the URL that it redirects to.'),
    ),
    Row(
        (401,),
        'unauthorized',
        _('Site %(site)s does not accept the token'),
        _('Check the credential at the site.'),
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
        _QUOTA,
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


def rows(call: str) -> Iterator[Row]:
    """The rows for a call, in the order in which they count.

    :param call: one of :data:`BY_CALL`
    """
    yield from BY_CALL[call]
    yield from BY_ANY_CALL
