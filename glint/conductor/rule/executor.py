# SPDX-License-Identifier: Apache-2.0

"""Executes rules: look, compare, note the plan, do it."""

import collections
import dataclasses
from datetime import datetime
import functools
from typing import Any

from oslo_db import exception as db_exception
from oslo_log import log

from glint import conf
from glint import context as glint_context
from glint import exception
from glint import interrupt as interrupts
from glint import states
from glint.conductor import credential
from glint.conductor import crew as crews
from glint.conductor.rule import harvest
from glint.conductor.rule import hold as holds
from glint.conductor.rule import known
from glint.conductor.rule import placing
from glint.conductor.rule import sites as rule_sites
from glint.conductor.rule import work
from glint.db import engine
from glint.db import image_listing
from glint.db.rule import execution as db_execution
from glint.db.rule import item as db_item
from glint.db.rule import replica as db_replica
from glint.db.rule import rule as db_rule
from glint.i18n import _
from glint.image import failure
from glint.rule import comparison
from glint.rule import replica as replicas
from glint.rule import selection
from glint.rule import terms

LOG = log.getLogger(__name__)

#: How many executions are looked at before other chores have their turn.
_AT_ONCE = 16

#: The codes of failures after which a rule cannot work until a user acts.
_BLOCKING = frozenset(
    (
        credential.UNAUTHORIZED,
        'credential_deleted',
        'site_deleted',
        'site_disabled',
    )
)


class Executor:
    """Claims executions that are due, and does them.

    :param host: the name under which this conductor holds them.
    """

    def __init__(self, host: str) -> None:
        self._host = host

    def __call__(self, context: engine.Context, crew: crews.Crew) -> None:
        lease = conf.CONF.conductor.lease
        for execution in db_execution.due(context, lease, _AT_ONCE):
            crew.interrupt.check()
            try:
                rule = db_rule.get(context, execution.rule_id, None)
            except exception.RuleNotFound:
                # Deleted meanwhile, and its executions with it.
                continue
            idle = not (rule.enabled or execution.dry_run)
            # One that a conductor left half done is still brought to its end.
            if idle and db_execution.settle(
                context, execution.id, states.CANCELLED
            ):
                continue
            if not crew.has_room(rule.project_id):
                continue
            taken = db_execution.claim(context, execution, self._host, lease)
            if taken:
                hold = holds.Hold(
                    glint_context.for_service(),
                    rule,
                    execution,
                    taken,
                    interrupts.Interrupt(),
                )
                crew.do(
                    rule.project_id,
                    functools.partial(run, hold, crew.interrupt),
                )


def run(hold: holds.Hold, stop: interrupts.Interrupt) -> None:
    """Execute a rule, and note how it ended.

    :param stop: ends the pass, which another conductor then makes anew.
    """
    values: dict[str, Any] = {}
    try:
        with stop.closing(lambda: hold.interrupt.set(crews.STOPPING)), hold:
            if hold.execution.state == states.COPYING:
                state = _resume(hold)
            else:
                state, values = _execute(hold)
    except interrupts.Interrupted:
        stopped = stop.is_set()
        state = states.QUEUED if stopped else states.CANCELLED
    except (failure.SiteFailure, exception.GlintException) as e:
        state, values = states.ERROR, {'error': _cause(e)}
        _block(hold, e)
    except db_exception.DBError as e:
        LOG.warning('Execution %s waits for another: %s', hold.execution.id, e)
        return
    except Exception as e:
        LOG.exception('Execution %s failed', hold.execution.id)
        state, values = states.ERROR, {'error': _cause(e)}
    db_execution.release(
        hold.context, hold.execution.id, hold.lease, state, **values
    )


def _execute(hold: holds.Hold) -> tuple[str, dict[str, Any]]:
    sites = rule_sites.Sites(hold.context, hold.rule, hold.interrupt)
    sight = sites.look()
    db_rule.block(hold.context, hold.rule, None)
    harvest.gather(hold, sites)
    rows = db_replica.of_rule(hold.context, hold.rule.id)
    found = {
        (row.source_image_id, row.target_site_id): known.read(row)
        for row in rows
    }
    plan = _compare(hold, sites, sight, found)
    values = {
        'complete': sight.complete,
        'warnings': sight.warnings or None,
        'counts': dict(collections.Counter(i.action for i in plan.items)),
        'bytes': sum(item.size for item in plan.items),
    }
    kept = db_execution.keep_plan(
        hold.context,
        hold.execution.id,
        hold.lease,
        [known.row(item) for item in plan.items],
        **values,
    )
    if not kept:
        raise interrupts.Interrupted(holds.LOST)
    if hold.execution.dry_run:
        return states.COMPLETED, {}
    work.Work(hold, sites, found).do(plan.items)
    state = _copy(hold, sites)
    return states.NEEDS_APPROVAL if plan.unapproved else state, {}


def _resume(hold: holds.Hold) -> str:
    """Go on where replications have ended.

    :returns: the state of the execution.
    """
    sites = rule_sites.Sites(hold.context, hold.rule, hold.interrupt)
    harvest.gather(hold, sites)
    return _copy(hold, sites)


def _copy(hold: holds.Hold, sites: rule_sites.Sites) -> str:
    """Have copied what is still to be copied, a few at a time.

    :returns: the state of the execution.
    """
    rows = _copies(hold)
    waiting = [row for row in rows if row.state == db_item.PLANNED]
    if waiting:
        placing.place_all(hold, sites, waiting)
        rows = _copies(hold)
    if rows:
        return states.COPYING
    if db_item.has_failed(hold.context, hold.execution.id):
        return states.PARTIAL
    return states.COMPLETED


def _copies(hold: holds.Hold) -> list[db_item.Item]:
    """Read the items that are copied, or are to be."""
    rows = db_item.open_items(hold.context, hold.execution.id)
    return [row for row in rows if row.action in (terms.COPY, terms.ADOPT)]


def _compare(
    hold: holds.Hold,
    sites: rule_sites.Sites,
    sight: rule_sites.Sight,
    found: dict[tuple[str, str], replicas.Replica],
) -> comparison.Plan:
    """Compare what the sites list with what the rule wants."""
    rule = hold.rule
    now = image_listing.now(hold.context)
    same = rule.source_project_id in (None, sight.project_id)
    wanted = terms.read(
        rule.terms,
        rule.target_site_ids,
        rule.source_project_id or sight.project_id,
    )
    if rule.source_project_id is None and not hold.execution.dry_run:
        db_rule.settle_source(hold.context, rule, sight.project_id)
    if sight.source.complete and same:
        _count_missed(hold, wanted, sight, found, now)
    gone = comparison.gone(sight.source, found.values())
    others = db_replica.others(
        hold.context,
        rule.id,
        [
            (replica.site_id, replica.image_id)
            for replica in found.values()
            if replica.image_id and replica.gone_count
        ],
    )
    facts = terms.Facts(
        now=now,
        same_project=same,
        answers=sites.answers(gone),
        others=others,
        approved={(a, b) for a, b in hold.execution.approved or ()},
    )
    return comparison.compare(
        wanted, sight.source, sight.targets, found.values(), facts
    )


def _count_missed(
    hold: holds.Hold,
    wanted: terms.Terms,
    sight: rule_sites.Sight,
    found: dict[tuple[str, str], replicas.Replica],
    now: datetime,
) -> None:
    """Note which replicas have lost their source, in a real pass."""
    selected = {
        image['id']
        for image in selection.selected(
            wanted.select, sight.source.images.values(), wanted.project_id
        )
    }
    for key, replica in found.items():
        if replica.state == states.RETIRED:
            continue
        values = known.missed(replica, selected, now)
        if not values:
            continue
        found[key] = dataclasses.replace(replica, **values)
        if not hold.execution.dry_run:
            db_replica.keep(hold.context, hold.rule.id, *key, **values)


def _cause(error: Exception) -> dict[str, Any]:
    if isinstance(error, failure.SiteFailure | exception.GlintException):
        return {'code': error.code, 'detail': str(error)}
    # What it says may be anything; the log has it.
    return {'code': 'internal', 'detail': _('An unexpected error occurred.')}


def _block(hold: holds.Hold, error: Exception) -> None:
    """Note that a rule cannot work until somebody acts, if so."""
    blocking = isinstance(error, exception.GlintException)
    if blocking or getattr(error, 'code', None) in _BLOCKING:
        if db_rule.block(hold.context, hold.rule, _cause(error)):
            LOG.warning('The rule %s is blocked: %s', hold.rule.name, error)
