# SPDX-License-Identifier: Apache-2.0

"""Proves that a credential and the site that it is for can be used."""

from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import dataclasses
import datetime
import re

from oslo_utils import timeutils

from glint.i18n import _
from glint.image import access_rules
from glint.image import failure
from glint.image import glance
from glint.image import query as queries
from glint.image import session as sessions

#: What is written to the log of what a site says.
_WORD = re.compile('[0-9A-Za-z._-]{1,64}')

Use = access_rules.Use


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
    :ivar warnings: what the credential cannot be used for, as sentences
    """

    user_id: str | None
    project_id: str | None
    expires_at: datetime.datetime | None
    image_endpoint: str
    glance_version: str | None
    import_methods: tuple[str, ...]
    warnings: tuple[str, ...] = ()


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
        warnings=(
            *_limits(session.access_rules),
            *_roles(session.site.name, access.role_names or ()),
        ),
    )


def prove(session: sessions.SiteSession) -> None:
    """Get a new token, find Glance, and ask it what the credential may ask.

    :param session: of the site and the credential
    :raises SiteFailure: when one of these fails
    """
    session.fresh_token()
    rules = session.access_rules
    proof = next(
        (
            rule
            for rule in access_rules.PROOFS
            if access_rules.has(rules, rule)
        ),
        access_rules.LIST,
    )
    try:
        with glance.client(session, 'list') as client:
            if proof == access_rules.LIST:
                _answer, body = client.http_client.get(queries.path(limit='1'))
                listed = body['images']
            else:
                path = access_rules.example(proof)
                client.http_client.request(path, proof.method)
                listed = []
        if not isinstance(listed, list):
            raise session.failure('list', 'garbled')
    except failure.SiteFailure as e:
        if proof != access_rules.LIST and e.http_status == 404:
            # There is no such image, as it should be.
            return
        if e.http_status == 401 and access_rules.has(rules, proof) and rules:
            answer = failure.Answer(401, kind='rules_ignored')
            raise session.failure('list', answer, str(proof)) from None
        raise


def _limits(rules: list[access_rules.Rule] | None) -> Iterator[str]:
    """Say what the access rules of a credential do not let Glint do."""
    for use, what in (
        (Use.SOURCE, _('Glint cannot copy from the site with it')),
        (Use.TARGET, _('Glint cannot upload to the site with it')),
        (Use.CLEANING, _('Glint cannot remove unfinished images with it')),
        (
            Use.PUBLISHING,
            _('Glint cannot set visibility or protection with it'),
        ),
    ):
        missing = access_rules.missing(rules, use)
        if missing:
            yield _('%(what)s, as its access rules lack %(calls)s.') % {
                'what': what,
                'calls': ', '.join(map(str, missing)),
            }


def _roles(site: str, roles: Iterable[str]) -> Iterator[str]:
    """Say that the roles of a credential will hardly do.

    What a role may do is up to the site, but no usual one lets readers
    upload.
    """
    if {role.lower() for role in roles} == {'reader'}:
        yield (
            _(
                'It has only the role reader at %s, with which hardly any '
                'site takes images: a target needs one with the role member.'
            )
            % site
        )


# What follows is good to know but proves nothing, so a site that does not
# answer it passes all the same.


def _expires_at(
    session: sessions.SiteSession, user_id: str | None
) -> datetime.datetime | None:
    if session.auth_type == 'v3applicationcredential' and access_rules.has(
        session.access_rules, access_rules.OWN
    ):
        with (
            contextlib.suppress(failure.SiteFailure),
            session.calling('authenticate'),
        ):
            found = session.application_credential(user_id)['expires_at']
            return found and timeutils.parse_isotime(found + 'Z')
    return None


def _glance_version(session: sessions.SiteSession) -> str | None:
    with (
        contextlib.suppress(failure.SiteFailure),
        glance.client(session, 'list') as client,
    ):
        _answer, body = client.http_client.get('/versions')
        for found in body['versions']:
            if found['status'] == 'CURRENT':
                version = _WORD.fullmatch(found['id'])
                return version and version.group()
    return None


def _import_methods(session: sessions.SiteSession) -> tuple[str, ...]:
    with (
        contextlib.suppress(failure.SiteFailure),
        glance.client(session, 'list') as client,
    ):
        methods = client.images.get_import_info()['import-methods']['value']
        return tuple(method for method in methods if _WORD.fullmatch(method))
    return ()
