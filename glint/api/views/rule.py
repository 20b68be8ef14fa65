# SPDX-License-Identifier: Apache-2.0

"""How rules look in answers."""

from collections.abc import Mapping
from typing import Any

from glint import states
from glint.api.views import execution as execution_views
from glint.api.views import moment
from glint.order import rule as rules
from glint.rule import state as rule_state


def view(rule: Any, last: Any, replicas: Mapping[str, int]) -> dict[str, Any]:
    """:param rule: a row of the table of rules.

    :param last: its last execution; None before the first one.
    :param replicas: how many replicas it has in each state.
    """
    state, detail = rule_state.of(
        rule.enabled,
        rule.blocked,
        replicas,
        last and last.state,
        last and last.error,
    )
    counts = {state: replicas.get(state, 0) for state in states.REPLICA_STATES}
    return {
        'id': rule.id,
        **rules.said_by(rule),
        'state': state,
        'state_detail': detail,
        'next_execution_at': moment.view(rule.next_execution_at),
        'last_execution': last and execution_views.brief(last),
        'replicas_summary': {'total': sum(counts.values()), **counts},
        'generation': rule.generation,
        'user_id': rule.user_id,
        'project_id': rule.project_id,
        'created_at': moment.view(rule.created_at),
        'updated_at': moment.view(rule.updated_at),
    }
