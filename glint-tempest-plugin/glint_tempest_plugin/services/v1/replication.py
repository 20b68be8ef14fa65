# SPDX-License-Identifier: Apache-2.0

"""Client of replications."""

from typing import Any

from tempest.lib import exceptions

from glint_tempest_plugin.api_schema.v1 import plan as plan_schemas
from glint_tempest_plugin.api_schema.v1 import replication as schemas
from glint_tempest_plugin.services.v1 import base


class ReplicationsClient(base.BaseClient):
    """``/v1/replications``."""

    def list_replications(self, **query: Any) -> base.ResponseBody:
        return self.call('GET', 'replications', schemas.index, query=query)

    def follow_replications(self, href: str) -> base.ResponseBody:
        return self.follow(href, schemas.index)

    def create_replication(self, **fields: Any) -> base.ResponseBody:
        return self.call('POST', 'replications', schemas.create, fields)

    def plan_replication(self, **fields: Any) -> base.ResponseBody:
        """Ask what a replication would do."""
        return self.call(
            'POST',
            'replications',
            plan_schemas.show,
            fields,
            {'dry_run': True},
        )

    def show_replication(self, replication_id: str) -> base.ResponseBody:
        path = f'replications/{replication_id}'
        return self.call('GET', path, schemas.show)

    def update_replication(
        self, replication_id: str, **fields: Any
    ) -> base.ResponseBody:
        path = f'replications/{replication_id}'
        return self.call('PATCH', path, schemas.show, fields)

    def cancel_replication(self, replication_id: str) -> base.ResponseBody:
        path = f'replications/{replication_id}/cancel'
        return self.call('PUT', path, schemas.update)

    def retry_replication(self, replication_id: str) -> base.ResponseBody:
        path = f'replications/{replication_id}/retry'
        return self.call('PUT', path, schemas.update)

    def delete_replication(self, replication_id: str) -> base.ResponseBody:
        path = f'replications/{replication_id}'
        return self.call('DELETE', path, schemas.delete)

    def is_resource_deleted(self, id: str) -> bool:
        try:
            self.show_replication(id)
        except exceptions.NotFound:
            return True
        return False

    @property
    def resource_type(self) -> str:
        return 'replication'
