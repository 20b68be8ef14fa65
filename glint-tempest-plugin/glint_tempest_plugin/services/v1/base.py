# SPDX-License-Identifier: Apache-2.0

"""What the clients of all resources share."""

import json
from typing import Any
from typing import TypeAlias
from urllib import parse

from tempest.lib.common import rest_client

from glint_tempest_plugin.api_schema.v1 import types

ResponseBody: TypeAlias = rest_client.ResponseBody

SERVICE_TYPE = 'image-replication'
VERSION_HEADER = 'OpenStack-API-Version'


class BaseClient(rest_client.RestClient):
    """A client of one resource.

    Errors are raised as those of :mod:`tempest.lib.exceptions`; an answer
    that is not as the API promises is one of them.

    :ivar api_microversion: the microversion to ask for; None for that of a
        client that says nothing.
    """

    api_microversion: str | None = None

    def get_headers(self, *args: Any, **kwargs: Any) -> dict[str, str]:
        headers: dict[str, str] = super().get_headers(*args, **kwargs)
        if self.api_microversion:
            headers[VERSION_HEADER] = f'{SERVICE_TYPE} {self.api_microversion}'
        return headers

    def call(
        self,
        method: str,
        path: str,
        schema: types.Schema,
        body: Any = None,
        query: dict[str, Any] | None = None,
    ) -> ResponseBody:
        """Send a request and check the answer.

        :param schema: the status and the body that the answer must have.
        :param body: what is sent, as JSON; None for nothing.
        :param query: what is asked for.
        """
        url = f'v1/{path}'
        if query:
            url = f'{url}?{parse.urlencode(_as_text(query))}'
        text = None if body is None else json.dumps(body)
        response, answer = self.request(method, url, body=text)
        found = json.loads(answer) if answer else None
        self.validate_response(schema, response, found)
        return ResponseBody(response, found)

    def follow(self, href: str, schema: types.Schema) -> ResponseBody:
        """Get what a link of an answer leads to.

        :param href: the address, which must begin as that in the catalog.
        """
        if not href.startswith(f'{self.base_url}/v1/'):
            raise AssertionError(f'{href} is not below {self.base_url}.')
        return self.call('GET', href[len(f'{self.base_url}/v1/') :], schema)


def _as_text(query: dict[str, Any]) -> dict[str, str]:
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in query.items()
    }
