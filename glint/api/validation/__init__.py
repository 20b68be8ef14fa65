# SPDX-License-Identifier: Apache-2.0

"""Decorators that check what comes in and, in tests, what goes out.

Every method that answers a call has all three. A schema of None means that
there is nothing: no query, no body, an empty answer.
"""

from collections.abc import Callable
import functools
from typing import Any

import pecan

from glint import exception
from glint.api.validation import body as json_body
from glint.api.validation import query as query_string
from glint.api.validation import validator
from glint.i18n import _

Handler = Callable[..., Any]
Schema = dict[str, Any]

#: Whether answers are checked. It costs time and helps nobody but
#: developers, so it is turned on by tests alone.
check_responses = False


def request_query_schema(
    schema: Schema | None,
) -> Callable[[Handler], Handler]:
    """Give a method the valid query as the keyword argument ``query``.

    :param schema: the schema of the query; with None the method gets none.
    """
    find_fault = validator.make(schema or _NOTHING, _('the query'))

    def decorate(function: Handler) -> Handler:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            environ = pecan.request.environ
            query = query_string.parse(environ, schema or _NOTHING)
            _refuse(find_fault(query))
            if schema is not None:
                kwargs['query'] = query
            return function(*args, **kwargs)

        wrapper.request_query_schema = schema  # type: ignore[attr-defined]
        return wrapper

    return decorate


def request_body_schema(schema: Schema | None) -> Callable[[Handler], Handler]:
    """Give a method the valid body as the keyword argument ``body``.

    :param schema: the schema of the body; with None the method gets none.
    """
    find_fault = validator.make(schema or _NOTHING, _('the body'))

    def decorate(function: Handler) -> Handler:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            project_id = pecan.request.context.project_id
            if schema is not None or json_body.read(pecan.request, project_id):
                body = json_body.parse(pecan.request, project_id)
                _refuse(find_fault(body))
                if schema is not None:
                    kwargs['body'] = body
            return function(*args, **kwargs)

        wrapper.request_body_schema = schema  # type: ignore[attr-defined]
        return wrapper

    return decorate


def response_body_schema(
    schema: Schema | None,
) -> Callable[[Handler], Handler]:
    """Check what a method returns, while :data:`check_responses` is set.

    :param schema: the schema of the answer; None if it is empty.
    """
    find_fault = validator.make(schema or {'type': 'null'}, 'the answer')

    def decorate(function: Handler) -> Handler:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            answer = function(*args, **kwargs)
            if check_responses:
                fault = find_fault(answer)
                assert fault is None, fault
            return answer

        wrapper.response_body_schema = schema  # type: ignore[attr-defined]
        return wrapper

    return decorate


def _refuse(fault: str | None) -> None:
    if fault is not None:
        raise exception.BadRequest(reason=fault)


_NOTHING: Schema = {'type': 'object', 'additionalProperties': False}
