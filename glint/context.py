# SPDX-License-Identifier: Apache-2.0

"""Who makes a request, carried from the API to the conductor."""

from collections.abc import Callable
import functools
from typing import Any
from typing import ParamSpec
from typing import TypeVar

from oslo_context import context
from oslo_db.sqlalchemy import enginefacade

P = ParamSpec('P')
R = TypeVar('R')


@enginefacade.transaction_context_provider
class RequestContext(context.RequestContext):
    """The caller's identity and the request id; also holds DB sessions."""


def for_service() -> RequestContext:
    """Make the context of work that no request asked for.

    :returns: a context with a request id of its own and no identity.
    """
    return RequestContext(overwrite=False)


def without_token(ctxt: RequestContext) -> dict[str, Any]:
    """Make a dictionary of a context that is fit to leave the process.

    :param ctxt: the context of a request.
    :returns: what ``RequestContext.from_dict`` takes, without any token.
    """
    values: dict[str, Any] = ctxt.to_dict()
    for key in ('auth_token', 'service_token'):
        values.pop(key, None)
    return values


def for_request(
    request_id: str | None,
    global_request_id: str | None = None,
    user_id: str | None = None,
    project_id: str | None = None,
) -> RequestContext:
    """Make the context of work that a request asked for some time ago.

    :param request_id: the request, for the log.
    :param global_request_id: what its caller named it, likewise.
    :param user_id: who made it, likewise.
    :param project_id: of the user, likewise.
    """
    return RequestContext(
        request_id=request_id,
        global_request_id=global_request_id,
        user_id=user_id,
        project_id=project_id,
        overwrite=False,
    )


def carried(function: Callable[P, R]) -> Callable[P, R]:
    """Let another thread log with the ids of this one's request.

    :param function: what the other thread is to do.
    :returns: what to let it do instead.
    """
    current = context.get_current()

    @functools.wraps(function)
    def run(*arguments: P.args, **named: P.kwargs) -> R:
        if current is not None:
            current.update_store()
        return function(*arguments, **named)

    return run
