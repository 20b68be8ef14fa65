# SPDX-License-Identifier: Apache-2.0

"""The version documents, which need no token."""

from typing import Any

import pecan

from glint.api import expose
from glint.api.schemas import version as schemas
from glint.api.views import version as views


class VersionController:
    """``/`` and ``/v1``."""

    @expose.expose(answer=schemas.index_response_body)
    def index(self) -> dict[str, Any]:
        return {'versions': [views.view(pecan.request.application_url)]}

    @expose.expose(answer=schemas.show_response_body)
    def show(self) -> dict[str, Any]:
        return {'version': views.view(pecan.request.application_url)}
