# SPDX-License-Identifier: Apache-2.0

"""Sessions at sites, from what the database and the configuration say."""

import functools

from keystoneauth1 import loading

from glint import conf
from glint import exception
from glint import interrupt as interrupts
from glint.conductor import login
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import site as db_site
from glint.i18n import _
from glint.image import failure
from glint.image import network
from glint.image import session as sessions
from glint.secrets import api as secrets

#: The credential that Glint itself makes for the home site.
TRUST = 'trust'


@functools.cache
def _policy(
    allow: tuple[str, ...], deny: tuple[str, ...], ports: tuple[int, ...]
) -> network.AddressPolicy:
    return network.AddressPolicy(allow, deny, ports)


def policy() -> network.AddressPolicy:
    """:returns: which addresses conductors may connect to."""
    settings = conf.CONF.network
    return _policy(
        tuple(settings.allow), tuple(settings.deny), tuple(settings.ports)
    )


def open_session(
    context: engine.Context,
    site_id: str,
    credential_id: str,
    interrupt: interrupts.Interrupt,
    although_refused: bool = False,
) -> sessions.SiteSession:
    """Make a session at a site; connects to nothing yet.

    :param site_id: the site.
    :param credential_id: the credential to use there.
    :param interrupt: cuts all that the session does.
    :param although_refused: whether to try a credential that is refused.
    :raises SiteFailure: if the site or the credential is gone, disabled or
        unreadable.
    """
    try:
        site = db_site.get(context, site_id, None)
        credential = db_credential.get(context, credential_id, None, None)
        auth = secrets.decrypt(
            credential.id,
            secrets.Encrypted(
                credential.scheme, credential.key_id, credential.secret
            ),
        )
    except exception.SiteNotFound:
        raise _gone('site_deleted', _('The site was deleted.')) from None
    except exception.CredentialNotFound:
        detail = _(
            'The credential was deleted. Register another one for the site, '
            'then retry.'
        )
        raise _gone('credential_deleted', detail) from None
    except exception.SecretsUnavailable as e:
        made = failure.SiteFailure(e.code, str(e), retryable=True)
        made.for_operators = e.for_operators
        raise made from None
    if not site.enabled:
        detail = _('The site %s is disabled. Enable it, then retry.')
        raise _gone('site_disabled', detail % site.name)
    auth_type = credential.auth_type
    if auth_type == TRUST:
        auth_type = 'v3trust'
        auth = {**_service_user(), **auth}
    return sessions.SiteSession(
        sessions.SiteAddress(
            site_id=site.id,
            name=site.name,
            auth_url=site.auth_url,
            region_name=site.region_name,
            interface=site.interface,
            ca_cert=site.ca_cert,
        ),
        auth_type,
        auth,
        policy(),
        interrupt=interrupt,
        guard=login.Guard(context, credential, interrupt, although_refused),
        connect_timeout=conf.CONF.network.connect_timeout,
        answer_timeout=conf.CONF.network.request_timeout,
    )


def _gone(code: str, detail: str) -> failure.SiteFailure:
    return failure.SiteFailure(code, detail)


def _service_user() -> dict[str, str]:
    """Say who uses the trusts that users make."""
    # Registers the options of the plugin, which only the file names.
    loading.load_auth_from_conf_options(conf.CONF, 'service_user')
    settings = conf.CONF.service_user
    names = (
        'user_id',
        'username',
        'password',
        'user_domain_id',
        'user_domain_name',
    )
    return {name: settings[name] for name in names if settings[name]}
