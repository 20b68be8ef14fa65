# SPDX-License-Identifier: Apache-2.0

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
