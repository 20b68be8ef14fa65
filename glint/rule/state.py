# SPDX-License-Identifier: Apache-2.0

"""How a rule is, of what is known of it."""

from collections.abc import Mapping
from typing import Any

from glint import states
from glint.i18n import _

#: What a replica is that is not as the rule wants it, and will not be so
#: without anybody's doing.
_AMISS = {
    states.FAILED: _('%d failed'),
    states.CONFLICT: _('%d in conflict'),
    states.DECLINED: _('%d declined'),
    states.MISSING: _('%d missing'),
    states.DRIFTED: _('%d drifted'),
}
_ENDED = {
    states.ERROR: _('The last execution failed.'),
    states.PARTIAL: _('The last execution did not do all of its items.'),
    states.NEEDS_APPROVAL: _('The last execution waits for approval.'),
}


def of(
    enabled: bool,
    blocked: Mapping[str, Any] | None,
    replicas: Mapping[str, int],
    last: str | None,
    error: Mapping[str, Any] | None,
) -> tuple[str, str | None]:
    """Say how a rule is.

    :param blocked: why it cannot work; None if nothing stands in its way.
    :param replicas: how many there are in each state.
    :param last: the state of its last execution; None before the first one.
    :param error: why that failed.
    :returns: one of ``states.RULE_STATES``, and what people need to know.
    """
    if not enabled:
        return states.DISABLED, None
    if blocked:
        return states.BLOCKED, blocked['detail']
    sentences = [_ENDED[last]] if last in _ENDED else []
    if error and last == states.ERROR:
        sentences.append(error['detail'])
    counts = [
        text % replicas[state]
        for state, text in _AMISS.items()
        if replicas.get(state)
    ]
    if counts:
        sentences.append(_('Replicas: %s.') % ', '.join(counts))
    if sentences:
        return states.DEGRADED, ' '.join(sentences)
    return states.RULE_OK, None
