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

"""A user who calls the API."""

from typing import Any

from tempest import clients


class Persona:
    """The clients of a user.

    :param manager: all clients that Tempest has for the user.
    :param microversion: what they ask for; None for nothing.
    """

    def __init__(
        self, manager: clients.Manager, microversion: str | None
    ) -> None:
        self.credentials = manager.credentials
        self._api = manager.image_replication_v1
        self._microversion = microversion
        self.copies = self._client('CopiesClient')
        self.site_credentials = self._client('CredentialsClient')
        self.images = self._client('ImagesClient')
        self.replications = self._client('ReplicationsClient')
        self.sites = self._client('SitesClient')
        self.versions = self._client('VersionsClient')
        #: The images in the home cloud.
        self.home_images = manager.image_client_v2

    def _client(self, name: str) -> Any:
        client = getattr(self._api, name)()
        client.api_microversion = self._microversion
        return client
