# SPDX-License-Identifier: Apache-2.0

"""Other clouds, which images are replicated to."""

import hashlib
import pathlib
from typing import Any

from tempest import config
from tempest.lib import auth
from tempest.lib import exceptions
from tempest.lib.services import identity
from tempest.lib.services import image

CONF = config.CONF


class Cloud:
    """A cloud, as its own user sees it.

    :param options: the section of tempest.conf about it.
    """

    def __init__(self, options: Any) -> None:
        self._options = options
        shared = {
            **config.service_client_config(),
            'ca_certs': options.ca_certificates_file,
        }
        self._provider = auth.KeystoneV3AuthProvider(
            auth.KeystoneV3Credentials(**self._account()),
            options.auth_url,
            **shared,
        )
        place = (self._provider, 'image', options.region_name)
        self.images = image.v2.ImagesClient(*place, **shared)
        place = (self._provider, 'identity', options.region_name)
        self._keys = identity.v3.ApplicationCredentialsClient(*place, **shared)

    def site(self) -> dict[str, Any]:
        """Return the fields of a site that stands for the cloud."""
        options = self._options
        fields = {'auth_url': options.auth_url}
        if options.region_name:
            fields['region_name'] = options.region_name
        if path := options.ca_certificates_file:
            fields['ca_cert'] = pathlib.Path(path).read_text()
        return fields

    def _account(self) -> dict[str, str]:
        options = self._options
        return {
            'username': options.username,
            'password': options.password,
            'user_domain_name': options.user_domain_name,
            'project_name': options.project_name,
            'project_domain_name': options.project_domain_name,
        }

    def password(self) -> dict[str, Any]:
        """Return the fields of a credential with the user's password."""
        return {'auth_type': 'v3password', 'auth': self._account()}

    def create_key(self, name: str) -> dict[str, Any]:
        """Make an application credential.

        :returns: its id, its name and its secret, among others.
        """
        made = self._keys.create_application_credential(
            self._user_id(), name=name
        )
        key: dict[str, Any] = made['application_credential']
        return key

    def delete_key(self, key_id: str) -> None:
        self._keys.delete_application_credential(self._user_id(), key_id)

    def _user_id(self) -> str:
        user_id: str = self._provider.fill_credentials().user_id
        return user_id

    def made_from(self, image_id: str) -> list[dict[str, Any]]:
        """Return the images that Glint has made of an image.

        :param image_id: at the source.
        """
        query = {'glint_source_id': image_id}
        images: list[dict[str, Any]]
        images = self.images.list_images(params=query)['images']
        return images

    def remove_made(self, image_id: str) -> None:
        """Remove what Glint has made of an image."""
        for made in self.made_from(image_id):
            self.remove(made['id'])

    def remove(self, image_id: str) -> None:
        try:
            self.images.delete_image(image_id)
        except exceptions.NotFound:
            return

    def hash_of(self, image_id: str) -> str:
        """Download an image.

        :returns: the SHA-512 of its bytes.
        """
        data = self.images.show_image_file(image_id).data
        return hashlib.sha512(data).hexdigest()


def second() -> Cloud | None:
    """Return the cloud that tests replicate to, if there is one."""
    return _cloud(CONF.image_replication_second_cloud)


def third() -> Cloud | None:
    return _cloud(CONF.image_replication_third_cloud)


def _cloud(options: Any) -> Cloud | None:
    return Cloud(options) if options.auth_url else None
