# SPDX-License-Identifier: Apache-2.0

"""Does what the plan of an execution says."""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from oslo_log import log

from glint import exception
from glint import states
from glint.conductor.rule import deed
from glint.conductor.rule import hold as holds
from glint.conductor.rule import known
from glint.conductor.rule import sites as rule_sites
from glint.db.rule import item as db_item
from glint.db.rule import replica as db_replica
from glint.image import failure
from glint.image import session as sessions
from glint.rule import replica as replicas
from glint.rule import terms

LOG = log.getLogger(__name__)

Item = terms.Item
#: Replicas by the image at the source and the site.
Known = Mapping[tuple[str, str], replicas.Replica]


class Work:
    """The items of a plan but for the copies.

    :param found: the replicas as the plan knows them.
    """

    def __init__(
        self, hold: holds.Hold, sites: rule_sites.Sites, found: Known
    ) -> None:
        self._hold = hold
        self._sites = sites
        self._found = dict(found)
        #: The sites where something failed: nothing is removed there.
        self._failed: set[str] = set()

    def do(self, items: Iterable[Item]) -> None:
        """Do all items, in their order.

        :raises Interrupted: if the execution is lost, or is to end.
        """
        by_site: dict[str, list[tuple[int, Item]]] = {}
        for number, item in enumerate(items):
            by_site.setdefault(item.site_id, []).append((number, item))
        for site_id, numbered in by_site.items():
            deeds = [pair for pair in numbered if pair[1].action in deed.DEEDS]
            if deeds:
                self._change(site_id, deeds)
            for number, item in numbered:
                if item.action not in (*deed.DEEDS, terms.COPY, terms.ADOPT):
                    self._leave(number, item)

    def _change(self, site_id: str, deeds: Iterable[tuple[int, Item]]) -> None:
        """Change replicas at one site."""
        try:
            session = self._sites.open(site_id)
        except (failure.SiteFailure, exception.GlintException) as e:
            for number, item in deeds:
                self._fail(number, item, e)
            return
        try:
            for number, item in deeds:
                self._deed(session, number, item)
        finally:
            session.close()

    def _deed(
        self, session: sessions.SiteSession, number: int, item: Item
    ) -> None:
        if item.action == terms.DELETE and item.site_id in self._failed:
            # Left as planned; the next pass looks again.
            return
        key = (item.source_image_id, item.site_id)
        self._hold.assure()
        try:
            done = deed.do(session, item, self._found[key])
        except failure.SiteFailure as e:
            self._fail(number, item, e)
            return
        self._found[key] = done.replica
        self._keep(
            item,
            state=item.becomes or done.replica.state,
            error=None,
            **known.columns(done.replica),
        )
        reason = ' '.join(done.notes) or item.reason
        self._note(number, db_item.DONE, reason=reason)

    def _leave(self, number: int, item: Item) -> None:
        """Note the state of a replica that is left as it is, if it is new."""
        replica = self._found.get((item.source_image_id, item.site_id))
        before = replica.state if replica else None
        if item.becomes and item.becomes != before:
            error = None
            if item.becomes == states.CONFLICT:
                error = {'code': 'conflict', 'detail': item.reason}
            self._keep(item, state=item.becomes, name=item.name, error=error)
        if not item.asks:
            self._note(number, db_item.DONE)

    def _fail(self, number: int, item: Item, error: Exception) -> None:
        LOG.info(
            'Rule %s: %s at %s failed: %s',
            self._hold.rule.id,
            item.action,
            item.site_id,
            error,
        )
        self._failed.add(item.site_id)
        detail = str(error)
        self._note(number, db_item.FAILED, reason=detail)
        code = getattr(error, 'code', 'internal')
        self._keep(item, error={'code': code, 'detail': detail})

    def _keep(self, item: Item, **values: Any) -> None:
        db_replica.keep(
            self._hold.context,
            self._hold.rule.id,
            item.source_image_id,
            item.site_id,
            **values,
        )

    def _note(self, number: int, state: str, **values: Any) -> None:
        db_item.note(
            self._hold.context,
            self._hold.execution.id,
            number,
            state=state,
            **values,
        )
