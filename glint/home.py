# SPDX-License-Identifier: Apache-2.0

"""The home site, as the configuration describes it."""

from typing import Any

from keystoneauth1 import exceptions as ksa_exceptions
from keystoneauth1 import session as ksa_session
from keystonemiddleware import auth_token  # noqa: F401 - registers options
from oslo_log import log

from glint import conf
from glint.i18n import _

LOG = log.getLogger(__name__)

#: How long the home Keystone is waited for when a process starts, in seconds.
_TIMEOUT = 10


def auth_url() -> str:
    """:returns: the address of the home Keystone, with its version.

    :raises ValueError: if the configuration has none.
    """
    middleware = conf.CONF.keystone_authtoken
    url = conf.CONF.home.auth_url or middleware.www_authenticate_uri
    if not url:
        raise ValueError(
            _('Set auth_url in the group [home] of the configuration.')
        )
    url = str(url).rstrip('/')
    return url if url.endswith('/v3') else url + '/v3'


def columns() -> dict[str, Any]:
    """:returns: what the row of the home site is to say.

    :raises ValueError: if the configuration lacks its address.
    :raises OSError: if the file with its CA certificates cannot be read.
    """
    settings = conf.CONF.home
    ca_cert = None
    if settings.cafile:
        with open(settings.cafile) as f:
            ca_cert = f.read()
    return {
        'name': settings.name,
        'auth_url': auth_url(),
        'region_name': settings.region_name,
        'interface': settings.interface,
        'ca_cert': ca_cert,
    }


def tell_if_away() -> None:
    """Tell the log if the home Keystone does not answer.

    Without it every request is refused, and no copy from or to home is made;
    nothing else says so before somebody tries.
    """
    url = auth_url()
    verify = conf.CONF.home.cafile or True
    session = ksa_session.Session(verify=verify, timeout=_TIMEOUT)
    try:
        session.get(url, authenticated=False)
    except ksa_exceptions.ClientException as e:
        LOG.warning(
            'The home Keystone at %s does not answer as it should: %s. Until '
            'it does, requests are refused. See auth_url in [home] and '
            'www_authenticate_uri in [keystone_authtoken].',
            url,
            words(e),
        )


def words(error: ksa_exceptions.ClientException) -> str:
    """Say why Keystone gave no answer, without the objects of libraries.

    :returns: a sentence without its end.
    """
    match error:
        case ksa_exceptions.SSLError():
            return 'its certificate is not trusted, see cafile in [home]'
        case ksa_exceptions.ConnectTimeout():
            return f'it took longer than {_TIMEOUT} seconds'
        case ksa_exceptions.ConnectFailure():
            return 'nothing answers there'
    return str(error).rstrip('.')
