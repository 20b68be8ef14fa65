# SPDX-License-Identifier: Apache-2.0

"""What the server's errors become: exceptions of openstacksdk.

Each is a subclass of the one that openstacksdk raises for the same status, so
that ``except openstack.exceptions.NotFoundException`` catches it. Its message
is the sentence of the server, and ``code`` is what programs match on.
"""

from typing import Any

from openstack import exceptions
import requests

_PREFIX = 'image-replication.'

NO_CREDENTIAL = 'image-replication.replication.no_credential'
TRUST_REFUSED = 'image-replication.credential.trust_refused'
SITE_NOT_EMPTY = 'image-replication.site.not_empty'
NO_SUCH_CALL = 'image-replication.request.not_found'
INVALID = 'image-replication.request.invalid'


class ApiError(exceptions.HttpException):
    """An error that the server answered.

    :ivar code: what programs match on, as ``image-replication.site.in_use``.
    :ivar title: what the code means, in a few words.
    :ivar status_code: the HTTP status.
    :ivar request_id: finds the request in the logs of the server.
    """

    def __init__(
        self, message: str, response: requests.Response, code: str, title: str
    ) -> None:
        super().__init__(message, response=response)
        self.code = code
        self.title = title

    def __str__(self) -> str:
        # The base class would add the URL.
        return self.message


class BadRequest(ApiError, exceptions.BadRequestException):
    """400: the request asks for something that cannot be."""


class Forbidden(ApiError, exceptions.ForbiddenException):
    """403: the roles, or a quota, do not allow it."""


class NotFound(ApiError, exceptions.NotFoundException):
    """404: it is not there, or not for this project."""


class Conflict(ApiError, exceptions.ConflictException):
    """409: it is in use, or there already."""


_CLASSES: dict[int, type[ApiError]] = {
    400: BadRequest,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
}


def raise_from_response(response: requests.Response) -> None:
    """Raise what a response says, if it says an error.

    :param response: what the server, or something before it, answered.
    :raises ApiError: if the body is one of Glint's errors.
    :raises openstack.exceptions.HttpException: if it is another error.
    """
    if response.status_code < 400:
        return
    if entry := _entry(response):
        raise _CLASSES.get(response.status_code, ApiError)(
            str(entry['detail']),
            response,
            str(entry['code']),
            str(entry.get('title', '')),
        )
    exceptions.raise_from_response(response)


def _entry(response: requests.Response) -> dict[str, Any] | None:
    """Find the error in a body as the API SIG describes them."""
    try:
        entry = response.json()['errors'][0]
        known = entry['code'].startswith(_PREFIX) and entry['detail']
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return entry if known else None
