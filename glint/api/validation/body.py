# SPDX-License-Identifier: Apache-2.0

"""The one place that reads JSON from clients."""

from collections.abc import Iterator
import contextlib
import json
import math
import time
from typing import Any

import webob

from glint import exception
from glint.api import server
from glint.api import slots
from glint.i18n import _

_JSON = 'application/json'
#: How deep a body may be nested; none of the API is deeper than five.
_MAX_DEPTH = 16
#: How long a body may take to arrive, in seconds.
_PATIENCE = 10.0
#: How long it may take before the request counts as one that waits: most
#: clients send the head and the body one after the other.
_MOMENT = 1.0
#: The same while others are late, so that whoever sends many bodies byte by
#: byte keeps the threads for one moment, and not for one after the other.
_SHORT_MOMENT = 0.1


def parse(request: webob.Request, project_id: str | None = None) -> Any:
    """Read the body of a request.

    :param request: the request.
    :param project_id: of the caller.
    :returns: the body; its strings can be stored in any database.
    :raises UnsupportedMediaType: if it is not declared to be JSON.
    :raises BadRequest: if it is not good JSON, or worse than that.
    """
    raw = read(request, project_id)
    if raw and request.content_type.lower() != _JSON:
        raise exception.UnsupportedMediaType()
    try:
        body = json.loads(
            raw.decode('utf-8'),
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except (ValueError, RecursionError):
        # The words of the error may quote the body, secrets and all.
        raise exception.BadRequest(
            reason=_(
                'the body is not JSON in UTF-8 with unique keys and finite '
                'numbers.'
            )
        ) from None
    _check(body)
    return body


def read(request: webob.Request, project_id: str | None = None) -> bytes:
    """Read the body of a request, as it is.

    :param project_id: of the caller.
    :raises BadRequest: if the client hung up, fell silent or is too slow.
    :raises TooManyWaiting: if the body has not arrived yet, while too many
        requests wait already.
    """
    late = _Late(project_id)
    try:
        with late.bounded():
            raw: bytes = request.body
    except OSError:
        if late.refusal is not None:
            raise late.refusal from None
        raise exception.BadRequest(
            reason=_('the body ended early, or came too slowly.')
        ) from None
    return raw


class _Late:
    """A body that may be late; then its request counts as one that waits.

    :ivar refusal: why the body was not awaited any longer.
    """

    #: When a body was last late, by the monotonic clock.
    _last = -_PATIENCE

    def __init__(self, project_id: str | None) -> None:
        self._project_id = project_id
        self._slot = contextlib.ExitStack()
        self.refusal: exception.TooManyWaiting | None = None

    @contextlib.contextmanager
    def bounded(self) -> Iterator[None]:
        """Read the body within this."""
        others = time.monotonic() < _Late._last + _PATIENCE
        moment = _SHORT_MOMENT if others else _MOMENT
        with self._slot, server.cut_after(_PATIENCE, moment, self._waits):
            yield

    def _waits(self) -> bool:
        """Say whether the request may wait for its body."""
        _Late._last = time.monotonic()
        try:
            self._slot.enter_context(slots.slot(self._project_id))
        except exception.TooManyWaiting as e:
            self.refusal = e
        return self.refusal is None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError
    return result


def _refuse_constant(_name: str) -> None:
    """NaN and Infinity are no JSON, though Python would take them."""
    raise ValueError


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError
    return value


def _check(body: Any) -> None:
    """Refuse what no database could store, or is nested too deep."""
    level = [body]
    for _depth in range(_MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += value.keys()
                below += value.values()
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str):
                check_text(value)
        if not below:
            return
        level = below
    raise exception.BadRequest(reason=_('the body is nested too deep.'))


def check_text(value: str) -> None:
    """Refuse a string that not every database could store.

    :raises BadRequest: if it has a NUL or half of a surrogate pair.
    """
    if '\0' in value or any('\ud800' <= char <= '\udfff' for char in value):
        raise exception.BadRequest(
            reason=_('a string has a NUL or an unpaired surrogate in it.')
        )
