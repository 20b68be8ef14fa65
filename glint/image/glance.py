# SPDX-License-Identifier: Apache-2.0

"""glanceclient for one site, of whose answers nothing is taken on trust.

What speaks against glanceclient has its one place here: it sees no refusal,
no body that is none, no schema of a site and no other address than that of
the site's Glance.
"""

from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import logging
from typing import Any

from glanceclient.common import http
from glanceclient.v2 import image_members
from glanceclient.v2 import images
from glanceclient.v2 import info
from keystoneauth1 import adapter
import requests

from glint.image import failure
from glint.image import session as sessions

LOG = logging.getLogger(__name__)


class _Answer:
    """As much of an answer as glanceclient looks at.

    glanceclient would fail on a status of 300, leave unread what is not
    called JSON, and guess the encoding of what is called nothing.

    :param body: the object that the answer is
    """

    ok = True
    status_code = 200
    headers = {'Content-Type': 'application/json'}
    text = ''

    def __init__(self, body: dict[str, Any]) -> None:
        self._body = body

    def json(self) -> dict[str, Any]:
        return self._body


class _Call(adapter.Adapter):
    """Carries the requests of glanceclient for one call.

    :param site: the site, and the credential there
    :param call: what is asked, a key of the failure table
    """

    def __init__(self, site: sessions.SiteSession, call: str) -> None:
        super().__init__(site.keystone)
        self._site = site
        self._call = call

    def request(self, url: str, method: str, **kwargs: Any) -> Any:
        """Ask the site's Glance something.

        After a 401 it is asked again with a new token, unless the access
        rules of the credential say that no token helps.

        :param url: path with its version and query
        :param kwargs: ``headers``, ``data`` as text, and what glanceclient
            wants of other sessions, which is ignored
        :returns: what glanceclient reads; an answer that is no object is an
            empty one
        :raises SiteFailure: when the site refuses, or answers no JSON
        """
        asked = (method, url.partition('?')[0])
        token = self._site.token()
        answer = self._ask(token, url, method, kwargs)
        if answer.status_code == 401 and self._site.permits(*asked):
            token = self._site.other_token(token)
            answer = self._ask(token, url, method, kwargs)
        with self._site.calling(self._call):
            # A list of versions comes with 300.
            if answer.status_code > 300:
                raise self._site.failure(
                    self._call,
                    failure.Answer(answer.status_code, answer.content),
                    asked=asked,
                )
            body = answer.json() if answer.content else None
        return _Answer(body if isinstance(body, dict) else {})

    def _ask(
        self, token: str, path: str, method: str, given: Mapping[str, Any]
    ) -> requests.Response:
        endpoint = self._site.image_endpoint
        with self._site.calling(self._call):
            if not path.startswith('/'):
                # Behind the endpoint's port or name it would be another one.
                raise ValueError('The path is an address.')
            answer = self.session.request(
                endpoint + path,
                method,
                data=given['data'],
                headers={**given['headers'], 'X-Auth-Token': token},
                # keystoneauth would take a failing login for one of the call.
                authenticated=False,
                raise_exc=False,
                # It would log the body, which may repeat the token.
                log=False,
            )
        LOG.debug(
            'Site %s answers %s %s with HTTP %d',
            self._site.site.name,
            method,
            path,
            answer.status_code,
        )
        return answer


# Models would obey the schema that a site gives, and take a second for some
# thousand members: with dict for a model, neither is asked for.


class _Images(images.Controller):
    model = unvalidated_model = dict


class _Members(image_members.Controller):
    model = dict


class Client:
    """The calls of glanceclient that Glint makes.

    :ivar http_client: for what glanceclient has no call, or a worse one
    :ivar images: calls on images
    :ivar members: calls on the projects that an image is shared with
    :ivar info: calls on what the site has
    :param session: carries the requests
    """

    def __init__(self, session: adapter.Adapter) -> None:
        self.http_client = http.SessionClient(session)
        self.images = _Images(self.http_client, None)
        self.members = _Members(self.http_client, None)
        self.info = info.Controller(self.http_client, None)


@contextlib.contextmanager
def client(session: sessions.SiteSession, call: str) -> Iterator[Client]:
    """Give glanceclient for one call, whose answer is read within.

    :param session: of the site and the credential
    :param call: what is asked of the site, a key of the failure table
    :raises Interrupted: when the call was cut
    :raises SiteFailure: when it failed otherwise, or when its answer has not
        what is read of it
    """
    with session.calling(call):
        yield Client(_Call(session, call))
