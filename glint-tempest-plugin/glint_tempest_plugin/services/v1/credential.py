# SPDX-License-Identifier: Apache-2.0

"""Client of credentials."""

from typing import Any

from tempest.lib import exceptions

from glint_tempest_plugin.api_schema.v1 import credential as schemas
from glint_tempest_plugin.services.v1 import base


class CredentialsClient(base.BaseClient):
    """``/v1/credentials``."""

    def raw_request(self, *args: Any, **kwargs: Any) -> Any:
        # Tempest would log secrets.
        kwargs['log_req_body'] = '<omitted>'
        return super().raw_request(*args, **kwargs)

    def list_credentials(self, **query: Any) -> base.ResponseBody:
        return self.call('GET', 'credentials', schemas.index, query=query)

    def create_credential(self, **fields: Any) -> base.ResponseBody:
        return self.call('POST', 'credentials', schemas.create, fields)

    def show_credential(self, credential_id: str) -> base.ResponseBody:
        return self.call('GET', f'credentials/{credential_id}', schemas.show)

    def update_credential(
        self, credential_id: str, **fields: Any
    ) -> base.ResponseBody:
        path = f'credentials/{credential_id}'
        return self.call('PATCH', path, schemas.show, fields)

    def check_credential(self, credential_id: str) -> base.ResponseBody:
        path = f'credentials/{credential_id}/check'
        return self.call('POST', path, schemas.show)

    def delete_credential(self, credential_id: str) -> base.ResponseBody:
        path = f'credentials/{credential_id}'
        return self.call('DELETE', path, schemas.delete)

    def is_resource_deleted(self, id: str) -> bool:
        try:
            self.show_credential(id)
        except exceptions.NotFound:
            return True
        return False

    @property
    def resource_type(self) -> str:
        return 'credential'
