# SPDX-License-Identifier: Apache-2.0

"""One call of the API, with the token of the user who is logged in."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from horizon import exceptions as horizon_exceptions
from horizon.utils import memoized
from keystoneauth1 import adapter
from keystoneauth1 import exceptions
from keystoneauth1 import session
from keystoneauth1 import token_endpoint
from openstack_dashboard.api import base
import requests

from glint_dashboard import exception

SERVICE_TYPE = 'image-replication'

# The service itself waits up to 30 seconds for a conductor.
_TIMEOUT_SECONDS = 60
_PAGE = 200


def call(
    request: HttpRequest,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    **query: Any,
) -> Any:
    """Call the API.

    :param path: below ``/v1/``.
    :param query: arguments of the query; those that are None are left out.
    :returns: the decoded body, None where there is none.
    :raises ServiceError: when it is not done.
    :raises NotAuthenticated: when the token has ended.
    """
    params = {key: value for key, value in query.items() if value is not None}
    try:
        answer = _adapter(request).request(
            f'/v1/{path}',
            method,
            params=params,
            json=body,
            # keystoneauth would write a secret that is sent to the log.
            log=False,
        )
    except exceptions.Unauthorized:
        raise horizon_exceptions.NotAuthenticated from None
    except exceptions.HttpError as error:
        raise _refusal(error) from None
    except exceptions.ClientException as error:
        raise _silence(error) from None
    return answer.json() if answer.content else None


def index(
    request: HttpRequest, path: str, **query: Any
) -> Iterator[dict[str, Any]]:
    """Go through a list to its end.

    :param path: names what is listed, too.
    """
    marker = None
    while True:
        answer = call(
            request, 'GET', path, limit=_PAGE, marker=marker, **query
        )
        yield from answer[path]
        if not answer['links']:
            return
        marker = answer[path][-1]['id']


@memoized.memoized
def _adapter(request: HttpRequest) -> adapter.Adapter:
    auth = token_endpoint.Token(
        base.url_for(request, SERVICE_TYPE), request.user.token.id
    )
    verify = not settings.OPENSTACK_SSL_NO_VERIFY and (
        settings.OPENSTACK_SSL_CACERT or True
    )
    return adapter.Adapter(
        session.Session(
            auth=auth,
            verify=verify,
            timeout=_TIMEOUT_SECONDS,
            app_name='glint-dashboard',
        ),
        service_type=SERVICE_TYPE,
        default_microversion='1.0',
    )


def _refusal(error: exceptions.HttpError) -> exception.ServiceError:
    """Take the service's sentence out of an answer."""
    assert error.response is not None
    first = {}
    status = error.response.status_code
    try:
        [first, *_others] = error.response.json()['errors']
        sentence = str(first['detail'])
    except (AttributeError, KeyError, TypeError, requests.JSONDecodeError):
        sentence = (
            _(
                'The image replication service answered with the HTTP '
                'status %s. '
                'Try again; if it stays so, tell your cloud operator.'
            )
            % status
        )
    kind = exception.NotFound if status == 404 else exception.ServiceError
    return kind(sentence, str(first.get('code', '')), status)


def _silence(error: exceptions.ClientException) -> exception.ServiceError:
    if isinstance(error, exceptions.ConnectTimeout):
        return exception.ServiceError(
            _(
                'The image replication service did not answer in time. Try '
                'again; what was begun goes on.'
            )
        )
    return exception.ServiceError(
        _(
            'The image replication service cannot be reached. Try again; if '
            'it stays so, tell your cloud operator.'
        )
    )
