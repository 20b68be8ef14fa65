# SPDX-License-Identifier: Apache-2.0

"""Makes the plan of a replication without doing it."""

from concurrent import futures
import functools
from typing import Any

from glint import context as glint_context
from glint import interrupt as interrupts
from glint.conductor import access
from glint.conductor import credential
from glint.conductor.copy import dependency
from glint.conductor.copy import planner
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.image import failure
from glint.image import images
from glint.image import record as records

#: How many targets are asked at the same time.
_PARALLEL = 16


def plan(
    context: engine.Context, request: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """Ask the source and every target what a replication would do.

    :param request: image_id, image_name, source_site_id,
        source_credential_id, options, and targets, from site ids to
        credential ids.
    :param seconds: how long that may take. What a site has not answered by
        then speaks against it.
    :returns: the body of the API's answer.
    """
    with interrupts.Interrupt().limited(seconds, 'timeout') as interrupt:
        return _plan(context, request, interrupt)


def _plan(
    context: engine.Context,
    request: dict[str, Any],
    interrupt: interrupts.Interrupt,
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        'image_id': request['image_id'],
        'image_name': request['image_name'],
        'size': None,
        'source_site_id': request['source_site_id'],
    }
    try:
        record, parts = _source(context, request, interrupt)
    except interrupts.Interrupted:
        late = credential.late()
        answer['targets'] = [
            _blocked(site, late) for site in request['targets']
        ]
        return answer
    except failure.SiteFailure as e:
        answer['targets'] = [_blocked(site, e) for site in request['targets']]
        return answer
    answer.update(image_name=record.get('name'), size=record.get('size'))

    def plan_one(site_id: str) -> dict[str, Any]:
        try:
            return _target(context, request, record, parts, site_id, interrupt)
        except interrupts.Interrupted:
            return _blocked(site_id, credential.late())

    with futures.ThreadPoolExecutor(_PARALLEL) as pool:
        answer['targets'] = list(
            pool.map(glint_context.carried(plan_one), request['targets'])
        )
    return answer


def _source(
    context: engine.Context,
    request: dict[str, Any],
    interrupt: interrupts.Interrupt,
) -> tuple[images.Record, dict[str, images.Record]]:
    session = access.open_session(
        context,
        request['source_site_id'],
        request['source_credential_id'],
        interrupt,
    )
    try:
        record = images.get(session, request['image_id'])
        refusal = records.refusal(record, session.site.name)
        if refusal is not None:
            raise refusal
        return record, dependency.find(session, record, request['options'])
    finally:
        session.close()


def _target(
    context: engine.Context,
    request: dict[str, Any],
    record: images.Record,
    parts: dict[str, images.Record],
    site_id: str,
    interrupt: interrupts.Interrupt,
) -> dict[str, Any]:
    try:
        session = access.open_session(
            context,
            site_id,
            request['targets'][site_id],
            interrupt,
        )
        try:
            made = planner.make(
                session,
                record,
                request['options'],
                records.Origin('', request['source_site_id']),
                parts,
                functools.partial(db_image_copy.refused, context, site_id),
            )
        finally:
            session.close()
    except failure.SiteFailure as e:
        return _blocked(site_id, e)
    return {
        'target_site_id': site_id,
        'action': made.action,
        'target_image_id': made.image_id,
        'bytes': made.total,
        'reasons': [made.refusal.detail] if made.refusal else [],
        'notes': made.notes,
    }


def _blocked(site_id: str, cause: failure.SiteFailure) -> dict[str, Any]:
    return {
        'target_site_id': site_id,
        'action': planner.BLOCKED,
        'target_image_id': None,
        'bytes': 0,
        'reasons': [cause.detail],
        'notes': [],
    }
