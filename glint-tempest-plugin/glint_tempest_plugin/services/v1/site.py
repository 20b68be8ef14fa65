# SPDX-License-Identifier: Apache-2.0

"""Client of sites."""

from typing import Any

from tempest.lib import exceptions

from glint_tempest_plugin.api_schema.v1 import site as schemas
from glint_tempest_plugin.services.v1 import base


class SitesClient(base.BaseClient):
    """``/v1/sites``."""

    def list_sites(self, **query: Any) -> base.ResponseBody:
        return self.call('GET', 'sites', schemas.index, query=query)

    def follow_sites(self, href: str) -> base.ResponseBody:
        return self.follow(href, schemas.index)

    def create_site(self, **fields: Any) -> base.ResponseBody:
        return self.call('POST', 'sites', schemas.create, fields)

    def show_site(self, site_id: str) -> base.ResponseBody:
        return self.call('GET', f'sites/{site_id}', schemas.show)

    def update_site(self, site_id: str, **fields: Any) -> base.ResponseBody:
        return self.call('PATCH', f'sites/{site_id}', schemas.show, fields)

    def delete_site(self, site_id: str, **query: Any) -> base.ResponseBody:
        return self.call(
            'DELETE', f'sites/{site_id}', schemas.delete, query=query
        )

    def is_resource_deleted(self, id: str) -> bool:
        try:
            self.show_site(id)
        except exceptions.NotFound:
            return True
        return False

    @property
    def resource_type(self) -> str:
        return 'site'
