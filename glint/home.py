# SPDX-License-Identifier: Apache-2.0

"""The home site, as the configuration describes it."""

from typing import Any

from keystonemiddleware import auth_token  # noqa: F401 - registers options

from glint import conf
from glint.i18n import _


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
