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

"""Proves that a credential and the site that it is for can be used."""

import contextlib
import dataclasses
import datetime
import re

from oslo_utils import timeutils

from glint.image import failure
from glint.image import query as queries
from glint.image import session as sessions

#: What is written to the log of what a site says.
_WORD = re.compile('[0-9A-Za-z._-]{1,64}')


@dataclasses.dataclass(frozen=True)
class CheckResult:
    """What a successful check found out.

    :ivar user_id: the user at the site
    :ivar project_id: the project at the site
    :ivar expires_at: when the credential ends, aware UTC, None when it does
        not end or the site does not say
    :ivar image_endpoint: base URL of the site's Glance
    :ivar glance_version: the newest version of its API, such as ``v2.17``
    :ivar import_methods: the ways of import that it offers
    """

    user_id: str | None
    project_id: str | None
    expires_at: datetime.datetime | None
    image_endpoint: str
    glance_version: str | None
    import_methods: tuple[str, ...]


def check(session: sessions.SiteSession) -> CheckResult:
    """Prove that the credential and the site work, and learn more of both.

    :param session: of the site and the credential
    :raises SiteFailure: when they do not work
    """
    prove(session)
    access = session.access()
    return CheckResult(
        user_id=access.user_id,
        project_id=access.project_id,
        expires_at=_expires_at(session, access.user_id),
        image_endpoint=session.image_endpoint,
        glance_version=_glance_version(session),
        import_methods=_import_methods(session),
    )


def prove(session: sessions.SiteSession) -> None:
    """Get a new token, find the image endpoint, and ask Glance for a list.

    :param session: of the site and the credential
    :raises SiteFailure: when one of these fails
    """
    session.fresh_token()
    with session.calling('list'):
        body = session.request('list', 'GET', queries.path(limit='1'))
        if not isinstance(body['images'], list):
            raise ValueError('The list is none.')


# What follows is good to know but proves nothing, so a site that does not
# answer it passes all the same.


def _expires_at(
    session: sessions.SiteSession, user_id: str | None
) -> datetime.datetime | None:
    if session.auth_type == 'v3applicationcredential':
        with (
            contextlib.suppress(failure.SiteFailure),
            session.calling('authenticate'),
        ):
            found = session.application_credential(user_id)['expires_at']
            return found and timeutils.parse_isotime(found + 'Z')
    return None


def _glance_version(session: sessions.SiteSession) -> str | None:
    with contextlib.suppress(failure.SiteFailure), session.calling('list'):
        body = session.request('list', 'GET', '/versions')
        for found in body['versions']:
            if found['status'] == 'CURRENT':
                version = _WORD.fullmatch(found['id'])
                return version and version.group()
    return None


def _import_methods(session: sessions.SiteSession) -> tuple[str, ...]:
    with contextlib.suppress(failure.SiteFailure), session.calling('list'):
        body = session.request('list', 'GET', '/v2/info/import')
        methods = body['import-methods']['value']
        return tuple(method for method in methods if _WORD.fullmatch(method))
    return ()
