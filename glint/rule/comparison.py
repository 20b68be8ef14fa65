# SPDX-License-Identifier: Apache-2.0

"""A pass of a rule: what is to be done, of what is and what is wanted.

A pass looks at all that there is, not at what has happened: what the last
one missed, this one makes good. A dry run is the same pass, and nothing of
its result is done.
"""

from collections.abc import Iterable
from collections.abc import Mapping
import dataclasses
from typing import Any

from glint import states
from glint.i18n import _
from glint.image import difference
from glint.image import record as records
from glint.rule import merge
from glint.rule import replica as replicas
from glint.rule import selection
from glint.rule import terms
from glint.rule import withdrawal

Record = records.Record
Replica = replicas.Replica
Item = terms.Item

#: How often a missing replica is made anew before the site's wish counts.
MOST_RESTORED = 3

_BUSY = (states.PENDING, states.COPYING)
_FOLLOWED = ('active', 'deactivated')


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a pass does.

    :ivar items: in the order in which they are done.
    :ivar unapproved: what a user has to let go before it is done.
    """

    items: list[Item]
    unapproved: list[Item]


def gone(source: terms.Listing, known: Iterable[Replica]) -> set[str]:
    """Name the images that the source has to be asked for one by one."""
    ids = {r.source_image_id for r in known if r.state != states.RETIRED}
    return ids - {*source.images}


def compare(
    rule: terms.Terms,
    source: terms.Listing,
    targets: Mapping[str, terms.Listing | None],
    known: Iterable[Replica],
    facts: terms.Facts,
) -> Plan:
    """Compare what a rule wants with what there is.

    :param source: what the source lists.
    :param targets: what each target lists; None for one that does not
        answer.
    :param known: the replicas of the rule.
    :param facts: what else is known; the answers are those for :func:`gone`.
    """
    selected = selection.selected(
        rule.select, source.images.values(), rule.project_id
    )
    by_site: dict[str, dict[str, Replica]] = {}
    for replica in known:
        if replica.state != states.RETIRED:
            of_site = by_site.setdefault(replica.site_id, {})
            of_site[replica.source_image_id] = replica
    withdrawn = withdrawal.Withdrawal(rule, source, targets, selected, facts)
    items: list[Item] = []
    unapproved: list[Item] = []
    for site_id in rule.target_site_ids:
        of_site = by_site.get(site_id, {})
        place = _Place(rule, site_id, targets.get(site_id), of_site, facts)
        kept = [item for image in selected for item in place.follow(image)]
        less, asked = withdrawn.at(site_id, of_site)
        items += sorted([*kept, *less], key=_rank)
        unapproved += asked
    return Plan(items, unapproved)


class _Place:
    """One target of a rule."""

    def __init__(
        self,
        rule: terms.Terms,
        site_id: str,
        listing: terms.Listing | None,
        known: Mapping[str, Replica],
        facts: terms.Facts,
    ) -> None:
        self._rule = rule
        self._site_id = site_id
        self._listing = listing
        self._known = known
        self._facts = facts
        self._own = {r.image_id for r in known.values()}
        self._by_content: dict[str, list[Record]] = {}
        self._by_name: dict[str, list[Record]] = {}
        for found in listing.images.values() if listing else ():
            content = records.content(found)
            if content:
                self._by_content.setdefault(content, []).append(found)
            self._by_name.setdefault(found.get('name') or '', []).append(found)

    def follow(self, image: Record) -> list[Item]:
        """Say what it takes for the target to have an image as it is."""
        if image.get('status') not in _FOLLOWED:
            reason = _('the source has not all of its data yet')
            return [self._item(terms.WAIT, image, reason=reason)]
        if self._listing is None:
            reason = _('the site does not answer')
            return [self._item(terms.WAIT, image, reason=reason)]
        replica = self._known.get(image['id'])
        if replica is None:
            return [self._bring(image)]
        found = self._listing.images.get(replica.image_id or '')
        if found is not None:
            return self._keep(image, replica, found)
        return [self._miss(image, replica)]

    def _bring(self, image: Record) -> Item:
        """Say how an image gets there for the first time."""
        if image.get('status') != 'active':
            reason = _('it is deactivated at the source')
            return self._item(terms.SKIP, image, reason=reason)
        options = self._rule.options
        for found in self._by_content.get(records.content(image) or '', ()):
            if records.is_same(image, found) and not difference.differences(
                image, options, found
            ):
                return self._item(
                    terms.ADOPT, image, found, becomes=states.PENDING
                )
        name = options.get('image_name') or image.get('name') or ''
        if options.get('on_conflict') == 'fail':
            for found in self._by_name.get(name, ()):
                if found['id'] not in self._own:
                    reason = _('the site has another image of this name')
                    return self._item(
                        terms.CONFLICT,
                        image,
                        found,
                        reason=reason,
                        becomes=states.CONFLICT,
                    )
        return self._copy(image)

    def _copy(self, image: Record, reason: str | None = None) -> Item:
        return self._item(
            terms.COPY, image, reason=reason, becomes=states.PENDING
        )._replace(size=image.get('size') or 0, changes=self._whole(image))

    def _whole(self, image: Record) -> dict[str, tuple[Any, Any]]:
        """Say what a new replica is to have."""
        wanted = merge.wanted(image, self._rule.options, self._rule.follow)
        return {key: (None, value) for key, value in wanted.items()}

    def _miss(self, image: Record, replica: Replica) -> Item:
        """Say what becomes of a replica that is not at the target."""
        assert self._listing
        if replica.state in _BUSY:
            reason = _('it is being copied')
            return self._item(terms.WAIT, image, reason=reason)
        if replica.state == states.FAILED or replica.image_id is None:
            due = replica.next_try_at
            if due is not None and due > self._facts.now:
                reason = _('it is tried again at %s') % due.isoformat()
                return self._item(terms.WAIT, image, reason=reason)
            return self._bring(image)
        if not self._listing.complete:
            reason = _('the site did not list all of its images')
            return self._item(terms.WAIT, image, reason=reason)
        if self._rule.on_missing != terms.RESTORE:
            reason = _('it is missing at the site')
            return self._item(
                terms.KEEP, image, reason=reason, becomes=states.MISSING
            )
        if replica.restored >= MOST_RESTORED:
            reason = _('the site removed it again and again')
            return self._item(
                terms.SKIP, image, reason=reason, becomes=states.DECLINED
            )
        item = self._bring(image)
        return item._replace(
            reason=item.reason or _('it is missing at the site')
        )

    def _keep(
        self, image: Record, replica: Replica, found: Record
    ) -> list[Item]:
        """Say what makes a replica as its source is."""
        if records.content(found) != replica.content:
            reason = _('the image has other data than Glint gave it')
            return [
                self._item(
                    terms.CONFLICT,
                    image,
                    found,
                    reason=reason,
                    becomes=states.CONFLICT,
                )
            ]
        result = merge.merge(
            replica.written,
            merge.wanted(image, self._rule.options, self._rule.follow),
            found,
            self._rule.follow,
            refused=replica.refused,
            restore=self._rule.on_drift == terms.RESTORE,
        )
        if replica.adopted:
            # It belongs to whoever made it.
            return [
                self._drifts(image, found, {**result.changes, **result.drift})
            ]
        items = self._activity(image, replica, found)
        if any(item.action == terms.SHOW for item in items):
            result.changes.pop('os_hidden', None)
        if result.changes:
            amend = self._item(
                terms.AMEND, image, found, becomes=states.IN_SYNC
            )
            items.append(amend._replace(changes=result.changes))
        return items or [self._drifts(image, found, result.drift)]

    def _drifts(
        self, image: Record, found: Record, drift: Iterable[str]
    ) -> Item:
        """Leave a replica as it is, and name what was changed of it."""
        names = ', '.join(sorted(drift))
        return self._item(
            terms.KEEP,
            image,
            found,
            reason=_('changed at the site: %s') % names if names else None,
            becomes=states.DRIFTED if names else states.IN_SYNC,
        )

    def _activity(
        self, image: Record, replica: Replica, found: Record
    ) -> list[Item]:
        """Say what a deactivation, and a source that is back, take."""
        items = []
        off = found.get('status') == 'deactivated'
        if image.get('status') == 'deactivated':
            follows = replicas.DEACTIVATED in self._rule.follow
            if follows and not (off or replica.withdrawn):
                items.append(self._item(terms.DEACTIVATE, image, found))
        elif off and replicas.DEACTIVATED in replica.withdrawn:
            items.append(self._item(terms.REACTIVATE, image, found))
        if image.get('status') == 'active' and (
            replicas.HIDDEN in replica.withdrawn
            and found.get('os_hidden')
            and not image.get('os_hidden')
        ):
            items.append(self._item(terms.SHOW, image, found))
        return items

    def _item(
        self,
        action: str,
        image: Record,
        found: Record | None = None,
        *,
        reason: str | None = None,
        becomes: str | None = None,
    ) -> Item:
        return Item(
            action,
            image['id'],
            image.get('name'),
            self._site_id,
            found['id'] if found else None,
            reason=reason,
            becomes=becomes,
        )


def _rank(item: Item) -> int:
    """Say when an item is done: first what fewer are to see than do."""
    narrows = merge.narrows(item.changes)
    return terms.ACTIONS.index(terms.HIDE if narrows else item.action)
