# SPDX-License-Identifier: Apache-2.0

"""Client of the images at all sites."""

from typing import Any

from glint_tempest_plugin.api_schema.v1 import image as schemas
from glint_tempest_plugin.services.v1 import base


class ImagesClient(base.BaseClient):
    """``/v1/images``."""

    def list_images(self, **query: Any) -> base.ResponseBody:
        return self.call('GET', 'images', schemas.index, query=query)
