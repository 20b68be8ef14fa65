# SPDX-License-Identifier: Apache-2.0

"""One of the clouds, as its user sees it."""

import hashlib
import pathlib
from typing import Any
import uuid

from keystoneauth1 import session
from keystoneauth1.identity import v3

_IMAGE = {'service_type': 'image', 'interface': 'public'}
_IDENTITY = {'service_type': 'identity', 'interface': 'public'}
_PIECE = 1024 * 1024


class Cloud:
    """A Keystone and a Glance, used by the member of the project demo.

    :param record: the cloud in lab.json.
    """

    def __init__(self, record: dict[str, Any]) -> None:
        self.name: str = record['name']
        self.auth_url: str = record['auth_url']
        self.region_name: str = record['region_name']
        member = record['member']
        self.user_id: str = member['user_id']
        auth = v3.Password(
            auth_url=self.auth_url,
            username=member['username'],
            password=member['password'],
            user_domain_name=member['user_domain_name'],
            project_name=member['project_name'],
            project_domain_name=member['project_domain_name'],
        )
        self.session = session.Session(auth=auth)

    def images(self) -> list[dict[str, Any]]:
        """Return what Glance knows of all active images."""
        answer = self.session.get(
            '/v2/images?status=active&limit=1000', endpoint_filter=_IMAGE
        )
        found: list[dict[str, Any]] = answer.json()['images']
        return found

    def upload(self, path: pathlib.Path, name: str) -> dict[str, Any]:
        """Make an image of a CD image file, and return its record."""
        created = self.session.post(
            '/v2/images',
            endpoint_filter=_IMAGE,
            json={
                'name': name,
                'disk_format': 'iso',
                'container_format': 'bare',
                'os_distro': 'none',
            },
        ).json()
        with open(path, 'rb') as data:
            self.session.put(
                f'/v2/images/{created["id"]}/file',
                endpoint_filter=_IMAGE,
                headers={'Content-Type': 'application/octet-stream'},
                data=data,
            )
        answer = self.session.get(
            f'/v2/images/{created["id"]}', endpoint_filter=_IMAGE
        )
        record: dict[str, Any] = answer.json()
        return record

    def sha512(self, image_id: str) -> str:
        """Download an image and return the hash of what came."""
        answer = self.session.get(
            f'/v2/images/{image_id}/file',
            endpoint_filter=_IMAGE,
            stream=True,
        )
        hasher = hashlib.sha512()
        for piece in answer.iter_content(_PIECE):
            hasher.update(piece)
        return hasher.hexdigest()

    def application_credential(self) -> dict[str, str]:
        """Make an application credential for Glint, and return its auth."""
        answer = self.session.post(
            f'/users/{self.user_id}/application_credentials',
            endpoint_filter=_IDENTITY,
            json={
                'application_credential': {
                    'name': f'glint-{uuid.uuid4().hex[:8]}',
                    'description': 'For Glint, to bring images here',
                }
            },
        ).json()['application_credential']
        return {
            'application_credential_id': answer['id'],
            'application_credential_secret': answer['secret'],
        }
