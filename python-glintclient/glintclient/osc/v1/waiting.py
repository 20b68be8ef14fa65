# SPDX-License-Identifier: Apache-2.0

"""Waits for replications and executions in the terminal."""

from collections.abc import Callable
from collections.abc import Sequence
import contextlib
import sys
from typing import Any

from keystoneauth1 import exceptions as ksa
from openstack import exceptions as sdk

from glintclient.i18n import _
from glintclient.osc.v1 import progress
from glintclient.osc.v1 import site_names
from glintclient.v1 import execution as _execution
from glintclient.v1 import replication as _replication

Execution = _execution.Execution
Replication = _replication.Replication

_INTERVAL_SECONDS = 0.5
#: To ask for many takes no more calls than to ask for ten.
_AT_ONCE = 10


def wait(
    client: Any, replication_id: str, names: site_names.SiteNames
) -> Replication:
    """Wait for the end of a replication, and show how far it is.

    :param client: the proxy.
    :param replication_id: what to wait for.
    :param names: the names of the sites.
    :returns: the replication, which has ended, well or not.
    """
    return wait_for_all(client, [replication_id], names)[0]


def wait_for_all(
    client: Any, ids: Sequence[str], names: site_names.SiteNames
) -> list[Replication]:
    """Wait for the end of several replications, and show how far they are.

    :param client: the proxy.
    :param ids: what to wait for.
    :param names: the names of the sites.
    :returns: the replications, which have ended, well or not.
    """
    view = progress.view(sys.stderr, names)
    known: dict[str, Replication] = {}

    def look(current: Replication) -> None:
        known[current.id] = current
        for other in ids:
            if other == current.id or (
                other in known and known[other].is_final
            ):
                continue
            # Its own turn will tell what is wrong.
            with contextlib.suppress(sdk.HttpException, ksa.ClientException):
                known[other] = client.get_replication(other)
        view.show(*(known[item] for item in ids if item in known))

    interval = _INTERVAL_SECONDS * max(1, len(ids) / _AT_ONCE)
    try:
        return [_ended(client, item, interval, look) for item in ids]
    except (KeyboardInterrupt, Exception):
        print(_farewell(ids), file=sys.stderr, flush=True)
        raise


def _ended(
    client: Any,
    replication_id: str,
    interval: float,
    look: Callable[[Replication], None],
) -> Replication:
    try:
        ended: Replication = client.wait_for_replication(
            replication_id, interval=interval, callback=look
        )
    except sdk.ResourceFailure as e:
        ended = e.extra_data
    return ended


def _farewell(ids: Sequence[str]) -> str:
    if len(ids) > 1:
        return _(
            '\nThe replications go on without you. To see how far they are:\n'
            '  openstack image replication list\n'
            'To stop them:\n'
            '  openstack image replication cancel %s'
        ) % ' '.join(ids)
    return _(
        '\nThe replication goes on without you. To watch it again:\n'
        '  openstack image replication show --wait %(id)s\n'
        'To stop it:\n'
        '  openstack image replication cancel %(id)s'
    ) % {'id': ids[0]}


def wait_for_execution(client: Any, execution: Execution) -> Execution:
    """Wait for the end of an execution of a rule, and tell each state.

    :param client: the proxy.
    :param execution: what to wait for.
    :returns: the execution, which has ended, well or not, or waits for a
        user.
    """
    told: set[str] = set()

    def look(current: Execution) -> None:
        # It goes on whenever one of its replications has ended.
        if current.state not in told:
            told.add(current.state)
            print(current.state, file=sys.stderr, flush=True)

    try:
        ended: Execution = client.wait_for_execution(
            execution, interval=_INTERVAL_SECONDS, callback=look
        )
    except sdk.ResourceFailure as e:
        ended = e.extra_data
    except (KeyboardInterrupt, Exception):
        _tell(
            execution,
            _(
                '\nThe execution goes on without you. To see it:\n'
                '  openstack image replication rule execution show %(ids)s\n'
                'To stop it:\n'
                '  openstack image replication rule execution cancel %(ids)s'
            ),
        )
        raise
    if ended.state == _execution.NEEDS_APPROVAL:
        _tell(
            ended,
            _(
                'It would take away more images than the rule allows. To see '
                'which:\n'
                '  openstack image replication rule execution show %(ids)s\n'
                'To let them go:\n'
                '  openstack image replication rule execution approve %(ids)s'
            ),
        )
    return ended


def _tell(execution: Execution, words: str) -> None:
    ids = f'{execution.rule_id} {execution.id}'
    print(words % {'ids': ids}, file=sys.stderr, flush=True)
