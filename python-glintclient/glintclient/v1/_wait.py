# SPDX-License-Identifier: Apache-2.0

"""Waits for the end of what takes its time."""

from collections.abc import Callable
import time
from typing import Protocol
from typing import TypeVar

from keystoneauth1 import exceptions as ksa_exceptions
from openstack import exceptions

from glintclient.v1 import execution as _execution
from glintclient.v1 import replication as _replication

Execution = _execution.Execution
Replication = _replication.Replication

_PATIENCE_SECONDS = 60


class _Ending(Protocol):
    @property
    def is_final(self) -> bool: ...


EndingT = TypeVar('EndingT', bound=_Ending)


def wait(
    look: Callable[[], EndingT],
    *,
    interval: float,
    limit: float | None,
    callback: Callable[[EndingT], None] | None,
) -> EndingT:
    """Look again and again until it has ended.

    :param look: gets it.
    :param interval: seconds between two looks.
    :param limit: seconds to wait at most; None for ever.
    :param callback: is called with it after each look.
    :returns: it, well ended or not.
    :raises openstack.exceptions.ResourceTimeout: after ``limit`` seconds.
    """
    began = answered = time.monotonic()
    while True:
        try:
            found = look()
        except (
            ksa_exceptions.ConnectFailure,
            exceptions.HttpException,
        ) as e:
            if not _passes(e) or (
                time.monotonic() - answered > _PATIENCE_SECONDS
            ):
                raise
        else:
            answered = time.monotonic()
            if callback:
                callback(found)
            if found.is_final:
                return found
        if limit is not None and time.monotonic() - began + interval > limit:
            raise exceptions.ResourceTimeout(
                f'It has not ended within {limit} s.'
            )
        time.sleep(interval)


def _passes(error: Exception) -> bool:
    """Tell whether the service may answer the next time."""
    status = getattr(error, 'status_code', None)
    return status is None or status >= 500


def completed(replication: Replication) -> Replication:
    """Return a replication whose copies are all completed.

    :raises openstack.exceptions.ResourceFailure: if one is not.
    """
    if replication.state == 'completed':
        return replication
    lines = [
        f'{copy.target_site_id}: {copy.state}'
        + (f', {copy.error["detail"]}' if copy.error else '')
        for copy in replication.copies or []
        if copy.state != 'completed'
    ]
    raise exceptions.ResourceFailure(
        f'The replication {replication.id} ended with copies that are not '
        'completed:\n' + '\n'.join(lines),
        replication,
    )


def executed(execution: Execution) -> Execution:
    """Return an execution that is completed.

    :raises openstack.exceptions.ResourceFailure: if it is not.
    """
    if execution.state == 'completed':
        return execution
    reasons = [execution.error['detail']] if execution.error else []
    reasons += execution.warnings or []
    raise exceptions.ResourceFailure(
        f'The execution {execution.id} is not completed, but '
        f'{execution.state}.\n' + '\n'.join(reasons),
        execution,
    )
