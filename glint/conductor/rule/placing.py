# SPDX-License-Identifier: Apache-2.0

"""Asks for the replications that bring a rule's images to its targets."""

from collections.abc import Iterable
from collections.abc import Sequence
import hashlib

from glint import context as glint_context
from glint import exception
from glint import states
from glint.conductor import rpcapi
from glint.conductor.rule import hold as holds
from glint.conductor.rule import known
from glint.conductor.rule import sites as rule_sites
from glint.db.rule import item as db_item
from glint.db.rule import replica as db_replica
from glint.db.rule import rule as db_rule
from glint.order import owner as owners
from glint.order import place

Row = db_item.Item


def place_all(
    hold: holds.Hold, sites: rule_sites.Sites, rows: Iterable[Row]
) -> None:
    """Ask for as many images as may be copied at a time.

    An image is asked for at all of its targets at once, so that it is read
    once for them.

    :param rows: the items that are planned and not asked for yet.
    :raises Interrupted: if the execution is lost, or is to end.
    """
    by_image: dict[str, list[Row]] = {}
    for row in rows:
        by_image.setdefault(row.source_image_id, []).append(row)
    most = int(hold.rule.terms['max_active'])
    left = most - db_rule.active(hold.context, hold.rule.id)
    for wanted in list(by_image.values())[: max(left, 0)]:
        hold.assure()
        try:
            _place(hold, sites, wanted)
        except exception.OverQuota:
            # The next look tries again; the project's other work goes first.
            return
        except exception.GlintException as e:
            for row in wanted:
                _note(hold, row, state=db_item.FAILED, reason=str(e))


def _place(
    hold: holds.Hold, sites: rule_sites.Sites, rows: Sequence[Row]
) -> None:
    """Ask for one image.

    The same request again finds the same replication: a conductor that died
    in between makes no twin.

    :raises GlintException: if a site or a credential cannot be used.
    """
    rule = hold.rule
    image_id = rows[0].source_image_id
    before = {
        replica.target_site_id: replica
        for replica in db_replica.of_rule(hold.context, rule.id)
        if replica.source_image_id == image_id
    }
    targets = sorted(row.target_site_id for row in rows)
    caller = glint_context.RequestContext(
        user_id=rule.user_id, project_id=rule.project_id, overwrite=False
    )
    wanted = place.filled(
        {
            'image_id': image_id,
            'source_site_id': rule.source_site_id,
            'target_site_ids': targets,
            'credential_ids': list(rule.credential_ids or ()),
            'options': dict(rule.terms['options']),
            'priority': states.PRIORITIES[rule.priority],
            'client_token': _token(hold, image_id, targets),
        }
    )
    made, _new = place.create(
        caller,
        owners.Owner(rule.project_id, rule.user_id),
        wanted,
        {
            'image_id': image_id,
            'image_name': rows[0].name,
            'source_site_id': rule.source_site_id,
            'source_credential_id': sites.credential(rule.source_site_id),
            'options': wanted['options'],
            'targets': {site: sites.credential(site) for site in targets},
            'rule_id': rule.id,
        },
    )
    for row in rows:
        db_replica.keep(
            hold.context,
            rule.id,
            image_id,
            row.target_site_id,
            name=row.name,
            state=states.PENDING,
            replication_id=made.id,
            written=known.written(row),
            restored=known.restored(before.get(row.target_site_id)),
            error=None,
        )
        _note(hold, row, state=db_item.COPYING, replication_id=made.id)
    rpcapi.ConductorAPI().replicate(caller, made.id)


def _token(hold: holds.Hold, image_id: str, targets: Sequence[str]) -> str:
    """Name a request by its execution: what failed is asked for anew."""
    digest = hashlib.sha256(' '.join(targets).encode()).hexdigest()[:16]
    return f'rule:{hold.execution.id}:{image_id}:{digest}'


def _note(hold: holds.Hold, row: Row, **values: object) -> None:
    db_item.note(hold.context, hold.execution.id, row.number, **values)
