# SPDX-License-Identifier: Apache-2.0

"""The version documents, which need no token."""

from typing import Any

import pecan

from glint.api import expose
from glint.api import validation
from glint.api.schemas import version as schemas
from glint.api.views import version as views


class VersionController:
    """``/`` and ``/v1``."""

    @expose.expose()
    @validation.request_query_schema(None)
    @validation.request_body_schema(None)
    @validation.response_body_schema(schemas.index_response_body)
    def index(self) -> dict[str, Any]:
        return {'versions': [views.view(pecan.request.application_url)]}

    @expose.expose()
    @validation.request_query_schema(None)
    @validation.request_body_schema(None)
    @validation.response_body_schema(schemas.show_response_body)
    def show(self) -> dict[str, Any]:
        return {'version': views.view(pecan.request.application_url)}
