# SPDX-License-Identifier: Apache-2.0

"""Glint at real clouds, with a proxy that makes things go wrong between."""

import contextlib
import dataclasses
import hashlib
from typing import Any
import uuid

import fixtures
from glanceclient import exc as glance_exceptions
from keystoneauth1 import exceptions as ksa_exceptions

from glint.tests import noise
from glint.tests.functional import base
from glint.tests.functional import proxy as proxies
from glint.tests.integration import lab as labs

MIB = 1024 * 1024


class Region(fixtures.Fixture):
    """A cloud's Keystone names an address as the Glance of one more region.

    :param cloud: the cloud.
    :param url: the address.
    :ivar name: of the region.
    :ivar service_id: of the image service.
    :ivar endpoint_id: of the address.
    """

    def __init__(self, cloud: labs.Cloud, url: str) -> None:
        self._cloud = cloud
        self._url = url
        self.name = f'proxy-{uuid.uuid4().hex}'

    def _setUp(self) -> None:
        self._session = self._cloud.admin.session()
        self._make('regions', region={'id': self.name})
        [service] = self._session.get(
            f'{self._cloud.auth_url}/services?type=image'
        ).json()['services']
        self.service_id = service['id']
        self.endpoint_id = self._make(
            'endpoints',
            endpoint={
                'service_id': service['id'],
                'region_id': self.name,
                'interface': 'public',
                'url': self._url,
            },
        )

    def _make(self, path: str, **body: dict[str, str]) -> str:
        url = f'{self._cloud.auth_url}/{path}'
        [made] = self._session.post(url, json=body).json().values()
        self.addCleanup(self._session.delete, f'{url}/{made["id"]}')
        made_id: str = made['id']
        return made_id


class TestCase(base.TestCase):
    """A test whose faults do not make it wait for further attempts."""

    def setUp(self) -> None:
        super().setUp()
        self.config(
            group='conductor',
            progress_interval=0.1,
            retry_delay=0,
            max_attempts=3,
        )

    def add_site_through_proxy(
        self, cloud: labs.Cloud
    ) -> tuple[str, proxies.Proxy]:
        """Register a cloud, and reach its Glance through a proxy.

        :returns: the id of the site, and the proxy.
        """
        proxy = self.useFixture(proxies.Proxy(cloud.image_url))
        region = self.useFixture(Region(cloud, proxy.url)).name
        site = dataclasses.replace(cloud, name=region, region_name=region)
        return self.add_site(site), proxy

    def make_random_image(
        self, size: int, cloud: labs.Cloud | None = None
    ) -> Any:
        return self.make_image(noise.make(size), cloud)

    def start(
        self, image_id: str, *targets: str, **body: Any
    ) -> dict[str, Any]:
        """Ask for a replication, and return it as it begins."""
        made: dict[str, Any] = self.call(
            'POST',
            '/v1/replications',
            202,
            image_id=image_id,
            target_site_ids=list(targets),
            **body,
        ).json
        return made

    def cancel(self, replication: dict[str, Any]) -> dict[str, Any]:
        """Cancel a replication, and wait for its end."""
        path = f'/v1/replications/{replication["id"]}'
        self.call('PUT', f'{path}/cancel', 202)
        return self.end_of(replication['id'])

    def retry(self, replication: dict[str, Any]) -> dict[str, Any]:
        """Retry a replication, and wait for its end."""
        path = f'/v1/replications/{replication["id"]}'
        self.call('PUT', f'{path}/retry', 202)
        return self.end_of(replication['id'])

    def copies(self, replication: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the copies of a replication as they are now."""
        path = f'/v1/replications/{replication["id"]}'
        found: list[dict[str, Any]] = self.call('GET', path, 200).json[
            'copies'
        ]
        return found

    def revoke(self, cloud: labs.Cloud, token: str) -> None:
        """End a token at once."""
        session = cloud.admin.session()
        url = f'{cloud.auth_url}/auth/tokens'
        headers = {'X-Subject-Token': token}
        session.delete(url, headers=headers)
        self.assertRaises(
            ksa_exceptions.NotFound, session.get, url, headers=headers
        )

    def made_from(self, image_id: str, cloud: labs.Cloud) -> list[Any]:
        """Return all that Glint made at a cloud from an image.

        It is deleted after the test.
        """
        glance = cloud.member.glance()
        filters = {'glint_source_id': image_id}
        found = list(glance.images.list(filters=filters))
        for image in found:
            self.addCleanup(self._delete_rest, glance, image.id)
        return found

    def _delete_rest(self, glance: Any, image_id: str) -> None:
        with contextlib.suppress(glance_exceptions.HTTPNotFound):
            glance.images.delete(image_id)

    def assert_copied(self, image: Any, cloud: labs.Cloud) -> None:
        """There is one image at the cloud, a whole one."""
        found = self.made_from(image.id, cloud)
        self.assertEqual(['active'], [made.status for made in found])
        [made] = found
        data = cloud.member.glance().images.data(made.id, do_checksum=False)
        digest = hashlib.sha512()
        for piece in data:
            digest.update(piece)
        self.assertEqual(image.os_hash_value, digest.hexdigest())
        self.assertEqual(
            (image.size, image.os_hash_value), (made.size, made.os_hash_value)
        )

    def assert_nothing_made(self, image: Any, cloud: labs.Cloud) -> None:
        found = self.made_from(image.id, cloud)
        self.assertEqual([], [(made.id, made.status) for made in found])

    def assert_completed(
        self, replication: dict[str, Any], attempts: int | None = None
    ) -> None:
        """All copies of a replication were made, in so many attempts."""
        for copy in replication['copies']:
            self.assertEqual(
                ('completed', 'copied', None),
                (copy['state'], copy['outcome'], copy['error']),
            )
            if attempts is not None:
                self.assertEqual(attempts, copy['attempts'])
