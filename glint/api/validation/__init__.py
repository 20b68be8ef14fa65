# SPDX-License-Identifier: Apache-2.0

"""Checks what a call brings and, in tests, what it answers."""

from typing import Any

from glint import exception
from glint.api.validation import body as json_body
from glint.api.validation import query as query_string
from glint.api.validation import validator
from glint.i18n import _

Schema = dict[str, Any]

#: Whether answers are checked. It costs time and helps nobody but
#: developers, so it is turned on by tests alone.
check_responses = False

_NOTHING: Schema = {'type': 'object', 'additionalProperties': False}


class Call:
    """The schemas of a call.

    :param query: of its query; None if it takes none.
    :param body: of its body; None if it takes none.
    :param answer: of its answer; None if that is empty.
    """

    def __init__(
        self,
        query: Schema | None,
        body: Schema | None,
        answer: Schema | None,
    ) -> None:
        self.query = query
        self.body = body
        self.answer = answer
        self._check_query = validator.make(query or _NOTHING, _('the query'))
        self._check_body = validator.make(body or _NOTHING, _('the body'))
        self._check_answer = validator.make(
            answer or {'type': 'null'}, 'the answer'
        )

    def read(self, request: Any) -> dict[str, Any]:
        """Read what a request brings.

        :param request: pecan's request.
        :returns: ``query`` and ``body``, each if the call takes it.
        :raises BadRequest: if the request brings anything else.
        """
        found: dict[str, Any] = {}
        query = query_string.parse(request.environ, self.query or _NOTHING)
        _refuse(self._check_query(query))
        if self.query is not None:
            found['query'] = query
        project_id = request.context.project_id
        if self.body is not None or json_body.read(request, project_id):
            body = json_body.parse(request, project_id)
            _refuse(self._check_body(body))
            if self.body is not None:
                found['body'] = body
        return found

    def check(self, answer: Any) -> None:
        """Check what is answered, while :data:`check_responses` is set."""
        if check_responses:
            fault = self._check_answer(answer)
            assert fault is None, fault


def _refuse(fault: str | None) -> None:
    if fault is not None:
        raise exception.BadRequest(reason=fault)
