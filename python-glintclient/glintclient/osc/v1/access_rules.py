# SPDX-License-Identifier: Apache-2.0

"""The least that an application credential for Glint must permit."""

import urllib.parse

#: Service, method and path of each call that Glint makes at a site: the same
#: as in the user guide.
_CALLS = (
    ('image', 'GET', '/v2/images/*'),
    ('image', 'GET', '/v2/images/*/file'),
    ('image', 'GET', '/v2/images'),
    ('image', 'POST', '/v2/images'),
    ('image', 'PUT', '/v2/images/*/file'),
    ('image', 'DELETE', '/v2/images/*'),
    ('image', 'PATCH', '/v2/images/*'),
    ('image', 'GET', '/v2/images/*/members'),
    ('image', 'POST', '/v2/images/*/members'),
    ('image', 'GET', '/v2/schemas/image'),
    ('image', 'GET', '/v2/info/usage'),
    ('image', 'GET', '/v2/info/import'),
    ('identity', 'GET', '/v3/users/*/application_credentials/*'),
)


def least(endpoint: str | None) -> list[dict[str, str]]:
    """Make access rules for what copying needs, and nothing else.

    :param endpoint: of the cloud's image service: depending on its server,
        the path of it counts as part of the paths, so there are rules for
        both.
    :returns: as Keystone takes them.
    """
    base = urllib.parse.urlsplit(endpoint or '').path.rstrip('/')
    base = base.removesuffix('/v2')
    paths = [
        (service, method, start + path)
        for service, method, path in _CALLS
        for start in dict.fromkeys(('', base if service == 'image' else ''))
    ]
    return [
        {'service': service, 'method': method, 'path': path}
        for service, method, path in paths
    ]
