# SPDX-License-Identifier: Apache-2.0

"""What the list shows beside what the service lists."""

from collections.abc import Iterable
from concurrent import futures
from typing import Any

from django.http import HttpRequest

from glint_dashboard import exception
from glint_dashboard.api import replication as api
from glint_dashboard.content.image_replication.replications import words

_WITH_REASON = ('error', *words.ACTIVE)
_THREADS = 8


def with_reasons(
    request: HttpRequest, replications: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Bring the copies along where they tell why something is not done.

    :returns: the replications, without those deleted meanwhile.
    """
    wanted = [
        item['id'] for item in replications if item['state'] in _WITH_REASON
    ]
    known = {item['id']: item for item in details(request, wanted)}
    return [
        known.get(item['id']) or item | {'copies': []}
        for item in replications
        if item['id'] in known or item['state'] not in _WITH_REASON
    ]


def details(request: HttpRequest, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Ask for replications with their copies.

    :param ids: of the replications; what was deleted meanwhile is left out.
    """
    with futures.ThreadPoolExecutor(_THREADS) as pool:
        found = pool.map(lambda each: _detail(request, each), ids)
        return [item for item in found if item]


def add_user(request: HttpRequest, replications: list[dict[str, Any]]) -> None:
    """Name the user, as far as it is the one who asks."""
    users = {request.user.id: request.user.username}
    for item in replications:
        item['user_name'] = users.get(item['user_id'])


def _detail(
    request: HttpRequest, replication_id: str
) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = api.get(request, replication_id)
    except exception.NotFound:
        return None
    return found
