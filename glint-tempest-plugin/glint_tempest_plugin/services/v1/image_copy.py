# SPDX-License-Identifier: Apache-2.0

"""Client of the copies of a replication."""

from typing import Any

from glint_tempest_plugin.api_schema.v1 import image_copy as schemas
from glint_tempest_plugin.services.v1 import base


def _path(replication_id: str, copy_id: str) -> str:
    return f'replications/{replication_id}/copies/{copy_id}'


class CopiesClient(base.BaseClient):
    """``/v1/replications/{replication_id}/copies``."""

    def list_copies(
        self, replication_id: str, **query: Any
    ) -> base.ResponseBody:
        path = f'replications/{replication_id}/copies'
        return self.call('GET', path, schemas.index, query=query)

    def show_copy(
        self, replication_id: str, copy_id: str
    ) -> base.ResponseBody:
        return self.call('GET', _path(replication_id, copy_id), schemas.show)

    def cancel_copy(
        self, replication_id: str, copy_id: str
    ) -> base.ResponseBody:
        path = f'{_path(replication_id, copy_id)}/cancel'
        return self.call('PUT', path, schemas.update)

    def retry_copy(
        self, replication_id: str, copy_id: str
    ) -> base.ResponseBody:
        path = f'{_path(replication_id, copy_id)}/retry'
        return self.call('PUT', path, schemas.update)
