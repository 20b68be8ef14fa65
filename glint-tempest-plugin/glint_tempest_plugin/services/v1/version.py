# SPDX-License-Identifier: Apache-2.0

"""Client of what needs no token: the versions, and the health."""

import json
from typing import Any

from tempest.lib.common import rest_client

from glint_tempest_plugin.api_schema.v1 import types
from glint_tempest_plugin.api_schema.v1 import version as schemas
from glint_tempest_plugin.services.v1 import base


class VersionsClient(base.BaseClient):
    """``/``, ``/v1`` and ``/healthcheck``, without a token."""

    def list_versions(self) -> base.ResponseBody:
        return self._get('/', schemas.index)

    def show_version(self) -> base.ResponseBody:
        return self._get('/v1', schemas.show)

    def show_health(self) -> rest_client.ResponseBodyData:
        """Ask whether the service works, as load balancers do."""
        response, text = self.call_without_token('GET', '/healthcheck')
        self.expected_success(200, response.status)
        return rest_client.ResponseBodyData(response, text)

    def call_without_token(
        self, method: str, path: str, **headers: str
    ) -> tuple[Any, Any]:
        """Send a request; errors are answers like others."""
        return self.raw_request(  # type: ignore[no-any-return]
            f'{self.base_url}{path}',
            method,
            headers={**self.get_headers(), **headers},
        )

    def _get(self, path: str, schema: types.Schema) -> base.ResponseBody:
        response, text = self.call_without_token('GET', path)
        self.expected_success(schema['status_code'], response.status)
        answer = json.loads(text)
        self.validate_response(schema, response, answer)
        return base.ResponseBody(response, answer)
