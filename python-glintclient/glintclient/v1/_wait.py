# SPDX-License-Identifier: Apache-2.0

"""Waits for the end of a replication."""

from collections.abc import Callable
import time

from keystoneauth1 import exceptions as ksa_exceptions
from openstack import exceptions

from glintclient.v1 import replication as _replication

Replication = _replication.Replication

_PATIENCE_SECONDS = 60


def wait(
    look: Callable[[], Replication],
    *,
    interval: float,
    limit: float | None,
    callback: Callable[[Replication], None] | None,
) -> Replication:
    """Look again and again until it has ended.

    :param look: gets the replication.
    :param interval: seconds between two looks.
    :param limit: seconds to wait at most; None for ever.
    :param callback: is called with the replication after each look.
    :returns: the replication; all its copies are completed.
    :raises openstack.exceptions.ResourceFailure: if one is not.
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
                return _completed(found)
        if limit is not None and time.monotonic() - began + interval > limit:
            raise exceptions.ResourceTimeout(
                f'The replication has not ended within {limit} s.'
            )
        time.sleep(interval)


def _passes(error: Exception) -> bool:
    """Tell whether the service may answer the next time."""
    status = getattr(error, 'status_code', None)
    return status is None or status >= 500


def _completed(replication: Replication) -> Replication:
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
