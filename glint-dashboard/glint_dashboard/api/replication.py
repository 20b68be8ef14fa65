# SPDX-License-Identifier: Apache-2.0

"""Calls on replications and their copies."""

from typing import Any

from django.http import HttpRequest

from glint_dashboard.api import adapter


def page(
    request: HttpRequest,
    limit: int,
    marker: str | None = None,
    backwards: bool = False,
    **query: Any,
) -> tuple[list[dict[str, Any]], bool]:
    """List some replications, the newest first.

    :param marker: the one that they come after, or before.
    :param backwards: take those before the marker.
    :returns: them, and whether there are more in this direction.
    """
    answer = adapter.call(
        request,
        'GET',
        'replications',
        limit=limit,
        marker=marker,
        sort_key='created_at',
        sort_dir='asc' if backwards else 'desc',
        **query,
    )
    found = answer['replications']
    if backwards:
        found.reverse()
    return found, bool(answer['links'])


def get(request: HttpRequest, replication_id: str) -> Any:
    return adapter.call(request, 'GET', f'replications/{replication_id}')


def plan(request: HttpRequest, **body: Any) -> Any:
    """Ask what a replication would do, without doing it."""
    return adapter.call(request, 'POST', 'replications', body, dry_run='true')


def create(request: HttpRequest, **body: Any) -> Any:
    return adapter.call(request, 'POST', 'replications', body)


def cancel(request: HttpRequest, replication_id: str) -> None:
    adapter.call(request, 'PUT', f'replications/{replication_id}/cancel')


def retry(request: HttpRequest, replication_id: str) -> None:
    adapter.call(request, 'PUT', f'replications/{replication_id}/retry')


def delete(request: HttpRequest, replication_id: str) -> None:
    adapter.call(request, 'DELETE', f'replications/{replication_id}')


def copy(request: HttpRequest, replication_id: str, copy_id: str) -> Any:
    """Show a copy with the history of its attempts."""
    path = f'replications/{replication_id}/copies/{copy_id}'
    return adapter.call(request, 'GET', path)


def cancel_copy(
    request: HttpRequest, replication_id: str, copy_id: str
) -> None:
    path = f'replications/{replication_id}/copies/{copy_id}/cancel'
    adapter.call(request, 'PUT', path)


def retry_copy(
    request: HttpRequest, replication_id: str, copy_id: str
) -> None:
    path = f'replications/{replication_id}/copies/{copy_id}/retry'
    adapter.call(request, 'PUT', path)
