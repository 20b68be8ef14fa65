# SPDX-License-Identifier: Apache-2.0

"""glanceclient for one site, of whose answers nothing is taken on trust.

What speaks against glanceclient is solved here, each trap in one place. It is
handed no refusal, no body but an object, and no schema of a site, and it
reaches no address but that of the site's Glance.
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

    glanceclient fails on HTTP 300, reads no JSON that the site calls data, and
    guesses the encoding of an answer without a type.

    :param body: the JSON object that the site answered
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
        :param kwargs: ``headers``, ``data`` as text or None, and settings of
            keystoneauth, which are ignored
        :returns: what glanceclient reads: an empty object where the site
            answered no object
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
        # glanceclient makes errors of its own of those of keystoneauth.
        with self._site.calling(self._call):
            if not path.startswith('/'):
                # "@example.org" would make the endpoint a user's name.
                raise ValueError('The path does not begin with a slash.')
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


# glanceclient makes a model of each record: by a schema that it fetches from
# the site, and so slowly that a site could keep a processor busy with some
# megabytes of members. A plain dict needs no schema.


class _Images(images.Controller):
    model = unvalidated_model = dict


class _Members(image_members.Controller):
    model = dict


class Client:
    """The calls of glanceclient that Glint makes.

    :ivar http_client: sends requests for which glanceclient has no call, or
        a worse one, and gives the answer and its JSON object
    :ivar images: the calls on images
    :ivar members: the calls on the projects that an image is shared with
    :ivar info: the calls on quotas
    :param session: carries the requests
    """

    def __init__(self, session: adapter.Adapter) -> None:
        self.http_client = http.SessionClient(session)
        self.images = _Images(self.http_client, None)
        self.members = _Members(self.http_client, None)
        self.info = info.Controller(self.http_client, None)


@contextlib.contextmanager
def client(session: sessions.SiteSession, call: str) -> Iterator[Client]:
    """Give glanceclient for one call, and for the reading of its answer.

    :param session: the session of the site and the credential
    :param call: what is asked of the site, a key of the failure table
    :raises Interrupted: when the call was cut
    :raises SiteFailure: when the site refuses, cannot be reached, or answers
        without the fields that are read
    """
    with session.calling(call):
        yield Client(_Call(session, call))
