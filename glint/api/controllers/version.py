# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

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
