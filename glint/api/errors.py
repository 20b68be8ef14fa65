# SPDX-License-Identifier: Apache-2.0

"""The bodies of errors, and the middleware that gives every error one.

They follow the guideline of the API SIG on errors.
"""

from typing import Any

from oslo_log import log
from oslo_middleware import request_id
import webob
import webob.dec

from glint import exception
from glint.api import microversion
from glint.i18n import _

LOG = log.getLogger(__name__)

#: Set in the environment once an error has its body.
_ANSWERED = 'glint.error_answered'


def answer(
    error: exception.GlintException, environ: dict[str, Any]
) -> webob.Response:
    """Make the response that tells a client of an error.

    :param error: the error.
    :param environ: the WSGI environment of the request.
    """
    environ[_ANSWERED] = True
    response = webob.Response(
        status=error.status,
        content_type='application/json',
        charset='UTF-8',
        json_body=_body(error, environ),
    )
    response.retry_after = error.retry_after
    return response


def _body(
    error: exception.GlintException, environ: dict[str, Any]
) -> dict[str, Any]:
    entry = {
        'status': error.status,
        'code': f'image-replication.{error.code}',
        'title': error.title,
        'detail': str(error),
        'request_id': environ.get(request_id.ENV_REQUEST_ID, ''),
        'links': [],
    }
    entry |= {name: error.kwargs[name] for name in error.fields}
    return {'errors': [entry]}


class Errors:
    """Turns whatever goes wrong below into a body that programs can read."""

    def __init__(self, application: Any) -> None:
        self._application = application

    @webob.dec.wsgify
    def __call__(self, request: webob.Request) -> webob.Response:
        environ = request.environ
        try:
            request.path_info  # noqa: B018
        except UnicodeDecodeError:
            return answer(exception.NotFound(), environ)
        try:
            response = request.get_response(self._application)
        except Exception:
            LOG.exception('%s %s failed', request.method, request.path)
            return answer(exception.GlintException(), environ)
        if response.status_code >= 400 and _ANSWERED not in environ:
            # The headers of a library's answer stay, as WWW-Authenticate.
            error = _of_library(response.status_code, request.method)
            response.status = error.status
            response.content_type = 'application/json'
            response.charset = 'UTF-8'
            response.json_body = _body(error, environ)
        return response


def _of_library(status: int, method: str) -> exception.GlintException:
    """Say in Glint's words what a library below has answered."""
    match status:
        case 401:
            return exception.Unauthorized()
        case 404:
            return exception.NotFound()
        case 405:
            return exception.MethodNotAllowed(method=method)
        case 406:
            return exception.NotAcceptable(
                min_version=microversion.VERSIONS[0],
                max_version=microversion.VERSIONS[-1],
            )
        case 413:
            return exception.BodyTooLarge()
        case 503:
            return exception.HomeUnavailable(
                reason=_('your token could not be checked.')
            )
    if status >= 500:
        return exception.GlintException()
    return exception.BadRequest(
        reason=_('a header is not understood, such as OpenStack-API-Version.')
    )
