# SPDX-License-Identifier: Apache-2.0

"""Which sites queued copies wait for, as no copy's row tells."""

from collections.abc import Collection
import itertools
from typing import Any

from glint import context as glint_context
from glint import states
from glint.db import site as db_site


def sites(
    context: glint_context.RequestContext,
    replication: Any,
    copies: Collection[Any],
) -> dict[str, Any]:
    """Find the sites that do not answer, and so hold up copies.

    A copy that waits for its own next attempt, or for its credential, longer
    than for a site is held up by that.

    :param replication: a row of the table of replications.
    :param copies: rows of the table of copies, of this replication.
    :returns: from the ids of copies to rows of the table of sites.
    """
    waiting = [
        copy
        for copy in copies
        if copy.state == states.QUEUED and copy.parked_at is None
    ]
    if not waiting:
        return {}
    source_id = replication.source_site_id
    silent = db_site.silent(
        context, {source_id, *(copy.target_site_id for copy in waiting)}
    )
    return {
        copy.id: site
        for copy, site in itertools.product(waiting, silent)
        if site.id in (source_id, copy.target_site_id)
        and _is_longer(site, copy)
    }


def _is_longer(site: Any, copy: Any) -> bool:
    until = copy.next_attempt_at
    return until is None or bool(until < site.next_probe_at)
