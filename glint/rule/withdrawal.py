# SPDX-License-Identifier: Apache-2.0

"""What becomes of replicas whose source is gone, or not selected any more."""

from collections.abc import Mapping
from collections.abc import Sequence

from glint import states
from glint.i18n import _
from glint.image import difference
from glint.image import record as records
from glint.rule import guard
from glint.rule import replica as replicas
from glint.rule import terms

Record = records.Record
Replica = replicas.Replica
Item = terms.Item

_TAKES = (terms.HIDE, terms.DEACTIVATE, terms.DELETE)


class Withdrawal:
    """Takes replicas away, as far as the guards let it.

    :param selected: the images of the source that the rule selects.
    """

    def __init__(
        self,
        rule: terms.Terms,
        source: terms.Listing,
        targets: Mapping[str, terms.Listing | None],
        selected: Sequence[Record],
        facts: terms.Facts,
    ) -> None:
        self._rule = rule
        self._source = source
        self._targets = targets
        self._facts = facts
        self._selected = {image['id'] for image in selected}
        self._stop = guard.of_source(source, facts, selected)
        self._by_name = {image.get('name'): image['id'] for image in selected}
        #: By content, the sites that have it, less those that lose it.
        self._holders = _holders({'': source, **targets})

    def at(
        self, site_id: str, known: Mapping[str, Replica]
    ) -> tuple[list[Item], list[Item]]:
        """Say what a target loses.

        :param known: the replicas there, by the images at the source.
        :returns: what is done, and what has to be approved before.
        """
        items = [
            self._decide(replica, known)
            for replica in known.values()
            if replica.source_image_id not in self._selected
        ]
        taken = [item for item in items if item.action in _TAKES]
        rule = self._rule.on_removed
        asked = [*guard.beyond(taken, self._facts, rule, len(known))]
        waiting = {id(item) for item in asked}
        return [
            _asking(item, len(asked) - 1) if id(item) in waiting else item
            for item in items
        ], asked

    def _decide(self, replica: Replica, known: Mapping[str, Replica]) -> Item:
        """Say what becomes of one replica."""
        listing = self._targets.get(replica.site_id)
        if listing is None:
            return _item(terms.WAIT, replica, _('the site does not answer'))
        there = replica.source_image_id in self._source.images
        action = self._action(there)
        if action == terms.KEEP:
            reason = (
                _('the rule does not select its source any more')
                if there
                else _('its source is not listed any more')
            )
            return self._renamed(replica, known, reason)
        stop = self._stop or (
            None if there else guard.of_image(replica, self._facts)
        )
        if stop:
            return _item(terms.KEEP, replica, stop)
        found = listing.images.get(replica.image_id or '')
        if found is None:
            return _item(
                terms.SKIP,
                replica,
                _('the site does not list it'),
                becomes=states.RETIRED if listing.complete else None,
            )
        stop = guard.of_origin(replica, found)
        if stop:
            return _item(terms.KEEP, replica, stop)
        if self._succeeds_later(replica, known):
            reason = _('its successor of the same name is not there yet')
            return _item(terms.WAIT, replica, reason)
        return self._take(action, replica, found)

    def _action(self, there: bool) -> str:
        rule = self._rule.on_removed
        if there and rule.deselected != terms.SAME:
            return terms.KEEP
        return rule.action

    def _take(self, action: str, replica: Replica, found: Record) -> Item:
        """Withdraw an image from its users, and then remove it."""
        off = found.get('status') == replicas.DEACTIVATED
        if action == terms.DEACTIVATE:
            if not off:
                return _item(
                    terms.DEACTIVATE, replica, becomes=states.RETIRING
                )
            return _item(terms.KEEP, replica, _('it is deactivated'))
        if not found.get('os_hidden'):
            return _item(terms.HIDE, replica, becomes=states.RETIRING)
        if action == terms.HIDE:
            return _item(terms.KEEP, replica, _('it is hidden'))
        stop = guard.of_removal(
            replica, found, self._facts, self._rule.on_removed
        )
        if stop:
            return _item(terms.KEEP, replica, stop)
        holders = self._holders.get(replica.content or '', set())
        if not holders - {replica.site_id}:
            reason = _('it is the last copy that Glint knows of; it is hidden')
            return _item(terms.KEEP, replica, reason)
        # Those that come later count on what is left then.
        holders.discard(replica.site_id)
        return _item(terms.DELETE, replica, becomes=states.RETIRED)

    def _succeeds_later(
        self, replica: Replica, known: Mapping[str, Replica]
    ) -> bool:
        """Say whether another image of its name is still to come."""
        successor = self._by_name.get(replica.name)
        return successor is not None and not _is_there(known.get(successor))

    def _renamed(
        self, replica: Replica, known: Mapping[str, Replica], reason: str
    ) -> Item:
        """Keep an image, under another name where a successor has come."""
        listing = self._targets[replica.site_id]
        assert listing
        found = listing.images.get(replica.image_id or '')
        successor = self._by_name.get(replica.name)
        gone = replica.source_image_id not in self._source.images
        if (
            found is None
            or not (gone and self._source.complete)
            or successor is None
            or not _is_there(known.get(successor))
            or guard.of_origin(replica, found)
            or found.get('name') != replica.name
        ):
            return _item(terms.KEEP, replica, reason)
        new = _free(replica.name or '', listing)
        return _item(
            terms.AMEND, replica, _('another image has its name now')
        )._replace(changes={'name': (replica.name, new)})


def _asking(item: Item, others: int) -> Item:
    """Keep back what has to be approved, and say what it is."""
    reason = _('%(action)s waits for approval, with %(count)d others')
    return item._replace(
        action=terms.WAIT,
        reason=reason % {'action': item.action, 'count': others},
        asks=True,
    )


def _is_there(replica: Replica | None) -> bool:
    return replica is not None and replica.state in (
        states.IN_SYNC,
        states.DRIFTED,
    )


def _free(name: str, listing: terms.Listing) -> str:
    taken = {image.get('name') for image in listing.images.values()}
    number = 1
    while difference.renamed(name, number) in taken:
        number += 1
    return difference.renamed(name, number)


def _holders(
    listings: Mapping[str, terms.Listing | None],
) -> dict[str, set[str]]:
    """Say which sites have each content."""
    holders: dict[str, set[str]] = {}
    for site_id, listing in listings.items():
        for image in listing.images.values() if listing else ():
            content = records.content(image)
            if content and image.get('status') == 'active':
                holders.setdefault(content, set()).add(site_id)
    return holders


def _item(
    action: str,
    replica: Replica,
    reason: str | None = None,
    becomes: str | None = None,
) -> Item:
    return Item(
        action,
        replica.source_image_id,
        replica.name,
        replica.site_id,
        replica.image_id,
        reason=reason,
        becomes=becomes,
    )
