# SPDX-License-Identifier: Apache-2.0

"""What queued copies wait for, as no copy's row tells."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from typing import NamedTuple

from glint import context as glint_context
from glint import states
from glint.db import credential as db_credential
from glint.db import site as db_site
from glint.i18n import _

Context = glint_context.RequestContext


class Wait(NamedTuple):
    """What a copy waits for.

    :ivar code: of the error that it shows.
    :ivar detail: why, and what to do about it.
    :ivar until: when Glint looks again; None if the copy's row says that.
    """

    code: str
    detail: str
    until: datetime | None


def find(
    context: Context, replication: Any, copies: Collection[Any]
) -> dict[str, Wait]:
    """Find out which copies a credential or a site holds up.

    A copy whose credential is refused says that first. One that waits for its
    own next attempt longer than for a site is not held up by the site.

    :param replication: a row of the table of replications.
    :param copies: rows of the table of copies, of this replication.
    :returns: by the ids of the copies.
    """
    waiting = [copy for copy in copies if copy.state == states.QUEUED]
    if not waiting:
        return {}
    found = {}
    for site in _silent(context, replication, waiting):
        for copy in waiting:
            if site.id in (replication.source_site_id, copy.target_site_id):
                until = copy.next_attempt_at
                if until is None or until < site.next_probe_at:
                    found[copy.id] = _for_site(site)
    for credential in _refused(context, replication, waiting):
        for copy in waiting:
            if credential.id in (
                replication.source_credential_id,
                copy.credential_id,
            ):
                found[copy.id] = _for_credential(credential)
    return found


def _silent(
    context: Context, replication: Any, copies: Collection[Any]
) -> list[Any]:
    ids = {copy.target_site_id for copy in copies}
    return db_site.silent(context, {replication.source_site_id, *ids})


def _refused(
    context: Context, replication: Any, copies: Collection[Any]
) -> list[Any]:
    ids = {copy.credential_id for copy in copies}
    return db_credential.refused(
        context, {replication.source_credential_id, *ids}
    )


def _for_site(site: Any) -> Wait:
    remedy = _('The copy waits; Glint asks the site again from time to time.')
    detail = f'{site.health_detail or ""} {remedy}'.lstrip()
    return Wait('unreachable', detail, site.next_probe_at)


def _for_credential(credential: Any) -> Wait:
    remedy = _(
        'The copy waits: check the credential when it works again, or '
        'register another one and retry the copy.'
    )
    detail = f'{credential.detail or ""} {remedy}'.lstrip()
    return Wait('credential_unauthorized', detail, None)
