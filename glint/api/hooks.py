# SPDX-License-Identifier: Apache-2.0

"""What pecan does around every call."""

from typing import Any

from oslo_db import exception as db_exception
from oslo_log import log
from pecan import hooks
import webob

from glint import context as glint_context
from glint import exception
from glint import outage
from glint.api import errors
from glint.db import engine

LOG = log.getLogger(__name__)

_DATABASE = outage.Outage(LOG, log.ERROR, 'The database does not answer: %s')


class AnswerJSON(hooks.PecanHook):
    """Answers JSON whatever a client says it would accept."""

    def on_route(self, state: Any) -> None:
        state.request.pecan['content_type'] = 'application/json'


class Context(hooks.PecanHook):
    """Makes the request's context of what auth_token found out."""

    def before(self, state: Any) -> None:
        context = glint_context.RequestContext.from_environ(
            state.request.environ
        )
        # Without a project everything would seem to be in view.
        if context.user_id and not context.project_id:
            raise exception.NoProject()
        state.request.context = context


class Errors(hooks.PecanHook):
    """Answers the errors that the code of the API raises on purpose.

    It is done here, inside the middleware, so that they get the same
    headers as other answers.
    """

    def on_error(self, state: Any, error: Exception) -> webob.Response | None:
        if isinstance(error, engine.Busy):
            error = exception.DatabaseBusy()
        if isinstance(error, db_exception.DBConnectionError):
            _DATABASE.met(error)
            error = exception.DatabaseUnavailable()
        if isinstance(error, exception.GlintException):
            return errors.answer(error, state.request.environ)
        return None
