# SPDX-License-Identifier: Apache-2.0

"""Has rules executed when their moment comes."""

from datetime import datetime

from oslo_log import log

from glint import states
from glint.conductor import crew as crews
from glint.db import engine
from glint.db.rule import execution as db_execution
from glint.db.rule import rule as db_rule
from glint.rule import schedule

LOG = log.getLogger(__name__)

#: How many rules begin before other chores have their turn.
_AT_ONCE = 100


def begin(context: engine.Context, _crew: crews.Crew) -> None:
    """Have the rules executed whose moment has come.

    However long nobody looked, a rule is executed once.
    """
    now, due = db_rule.due(context, _AT_ONCE)
    for rule in due:
        try:
            _begin(context, rule, now)
        except schedule.Unusable as e:
            # Zones come and go with releases of the time zone database.
            LOG.warning('The rule %s has no next moment: %s', rule.name, e)
            cause = {'code': 'schedule', 'detail': str(e)}
            db_rule.block(context, rule, cause)
            db_rule.plan(context, rule, now, None)


def _begin(context: engine.Context, rule: db_rule.Rule, now: datetime) -> None:
    assert rule.next_execution_at
    if rule.next_execution_at > now:
        # A wrong clock planned it; what it planned is no moment to keep.
        next_at = schedule.next_at(rule.trigger, now)
        db_rule.plan(context, rule, now, next_at)
        return
    next_at = schedule.next_at(rule.trigger, now, rule.next_execution_at)
    made = db_execution.trigger(context, rule, states.SCHEDULE, (now, next_at))
    if made is not None:
        LOG.info('The rule %s is due: execution %s', rule.name, made.id)
