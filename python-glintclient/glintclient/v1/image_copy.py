# SPDX-License-Identifier: Apache-2.0

"""Copies: the part of a replication that is to one target."""

from typing import Any

from openstack import resource

from glintclient.v1 import _action


class ImageCopy(_action.Resource):
    """One image to one target site."""

    resources_key = 'copies'
    base_path = '/replications/%(replication_id)s/copies'

    allow_fetch = True
    allow_list = True

    _query_mapping = resource.QueryParameters(
        'target_site_id',
        'target_image_id',
        'state',
        'phase',
        'outcome',
        'sort_key',
        'sort_dir',
    )

    #: The replication that it belongs to.
    replication_id: str = resource.URI('replication_id')
    #: The site that the image is copied to.
    target_site_id: str = resource.Body('target_site_id')
    #: What that was called when the replication was made.
    target_site_name: str = resource.Body('target_site_name')
    #: The image there, as soon as there is one.
    target_image_id: str | None = resource.Body('target_image_id')
    #: ``queued``, ``copying``, ``cancelling``, ``completed``, ``error`` or
    #: ``cancelled``.
    state: str = resource.Body('state')
    #: While it is copying: ``preparing``, ``reading``, ``sending`` or
    #: ``verifying``.
    phase: str | None = resource.Body('phase')
    #: When it is completed: ``copied``; ``adopted`` if the target had the same
    #: bytes already; ``skipped`` if it had another image of the name, and
    #: ``on_conflict`` was ``skip``.
    outcome: str | None = resource.Body('outcome')
    #: Bytes that the target has.
    bytes_sent: int = resource.Body('bytes_sent', type=int)
    #: Bytes to send; none while nobody knows.
    bytes_total: int | None = resource.Body('bytes_total', type=int)
    #: Bytes per second.
    rate: int | None = resource.Body('rate', type=int)
    #: Seconds that it still takes.
    eta: int | None = resource.Body('eta', type=int)
    #: How often it was tried.
    attempts: int = resource.Body('attempts', type=int)
    #: When it is tried again, in UTC as ISO 8601.
    next_attempt_at: str | None = resource.Body('next_attempt_at')
    #: What is wrong: ``code``, ``detail``, ``retryable``, ``http_status``.
    error: dict[str, Any] | None = resource.Body('error', type=dict)
    #: Why it is not copied yet, while it is queued: ``reason``, ``detail``,
    #: and what belongs to the reason.
    waits_for: list[dict[str, Any]] | None = resource.Body(
        'waits_for', type=list
    )
    #: What was changed or could not be taken along.
    notes: list[str] = resource.Body('notes', type=list)
    #: The conductor that works on it.
    conductor: str | None = resource.Body('conductor')
    #: When it was started first.
    started_at: str | None = resource.Body('started_at')
    #: When it ended.
    finished_at: str | None = resource.Body('finished_at')
    #: Its attempts, when it was got by itself: ``number``, ``conductor``,
    #: ``state``, ``bytes_sent``, ``error``, ``started_at``, ``finished_at``.
    history: list[dict[str, Any]] | None = resource.Body('history', type=list)
