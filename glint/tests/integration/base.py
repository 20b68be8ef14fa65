# SPDX-License-Identifier: Apache-2.0

"""What the tests of a whole Glint share."""

import hashlib
import logging
import os
import time
from typing import Any

from glint.tests import base
from glint.tests import noise
from glint.tests import waiting
from glint.tests.integration import lab as labs
from glint.tests.integration import stack as stacks

MIB = 1024 * 1024


class Noise:
    """A file of random bytes that are made while they are read.

    :param size: how many bytes.
    """

    def __init__(self, size: int) -> None:
        self.left = size
        self.digest = hashlib.sha512()
        self._block = noise.make(MIB)

    def read(self, count: int) -> bytes:
        count = min(count, self.left, MIB)
        self.left -= count
        data = self._block[:count]
        # A new block each time costs more than all the rest of the test.
        self._block = self._block[1:] + self._block[:1]
        self.digest.update(data)
        return data


class TestCase(base.TestCase):
    """A test with clouds, and a Glint on a database of its choice."""

    DEFAULT_TIMEOUT = 300
    DATABASE = 'mariadb'

    def setUp(self) -> None:
        super().setUp()
        # The tests' own requests would hide the lines that matter.
        logging.getLogger('keystoneauth').setLevel(logging.INFO)
        lab = labs.load()
        if lab is None:
            self.fail('Set GLINT_LAB to the lab.json of "tools/lab start".')
        self.lab = lab
        self.stack = self.useFixture(
            stacks.Stack(lab, self.DATABASE, self.settings())
        )
        self.prepare()
        self.addOnException(self._show_logs)
        self.url = self.stack.start_api()
        self.glint = stacks.client(lab.home.member, self.url)
        self._sites: dict[str, str] = {}

    def settings(self) -> str:
        """Return what the configuration has besides, as in the file."""
        return ''

    def prepare(self) -> None:
        """Change the configuration before the first process starts."""

    def _show_logs(self, _exc_info: Any) -> None:
        self.addDetail(
            'what Glint wrote',
            stacks.text(self.stack.everything_written(debug=False)),
        )

    def make_image(self, size: int, **fields: Any) -> tuple[str, str]:
        """Upload an image to the home site, and delete it after the test.

        :returns: its id and its SHA-512.
        """
        glance = self.lab.home.member.glance()
        fields = {
            'name': self.id().rpartition('.')[2],
            'disk_format': 'raw',
            'container_format': 'bare',
            **fields,
        }
        image = glance.images.create(**fields)
        self.addCleanup(glance.images.delete, image.id)
        noise = Noise(size)
        glance.images.upload(image.id, noise, image_size=size)
        return image.id, noise.digest.hexdigest()

    def add_site(self, cloud: labs.Cloud, **fields: Any) -> str:
        """Register a cloud and the member's password there.

        :returns: the id of the site.
        """
        site = self.post(
            '/v1/sites',
            201,
            name=f'{cloud.name}-{os.urandom(4).hex()}',
            auth_url=fields.pop('auth_url', cloud.auth_url),
            region_name=cloud.region_name,
        )
        self.addCleanup(self.delete_site, site['id'])
        account = cloud.member
        self.post(
            '/v1/credentials',
            201,
            site_id=site['id'],
            name='member',
            auth_type='v3password',
            auth={
                'username': account.username,
                'password': account.password,
                'user_domain_name': account.user_domain_name,
                'project_name': account.project_name,
                'project_domain_name': account.project_domain_name,
            },
            **fields,
        )
        self._sites[site['id']] = cloud.name
        site_id: str = site['id']
        return site_id

    def delete_site(self, site_id: str) -> None:
        """Remove a site, after what still runs there."""
        for item in self.get('/v1/replications')['replications']:
            self.glint.put(f'/v1/replications/{item["id"]}/cancel')

        def deleted() -> bool:
            answer = self.glint.delete(f'/v1/sites/{site_id}?cascade=true')
            return bool(answer.status_code != 409)

        waiting.until(deleted, 60, f'end of the copies of site {site_id}')

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.glint.get(path)
        self.assertEqual(status, answer.status_code, answer.text)
        return answer.json()

    def post(self, path: str, status: int, **body: Any) -> Any:
        answer = self.glint.post(path, json=body)
        if answer.status_code == 503 and 'Retry-After' in answer.headers:
            # Where the disk keeps a commit waiting for seconds, as it may
            # while packages are installed, the locks of rows are held.
            time.sleep(int(answer.headers['Retry-After']))
            answer = self.glint.post(path, json=body)
        self.assertEqual(status, answer.status_code, answer.text)
        return answer.json()

    def replicate(self, image_id: str, *sites: str, **body: Any) -> str:
        """Ask for a replication from the home site.

        :returns: its id.
        """
        replication_id: str = self.post(
            '/v1/replications',
            202,
            image_id=image_id,
            target_site_ids=list(sites),
            **body,
        )['id']
        return replication_id

    def await_state(
        self, replication_id: str, *states: str, timeout: float = 120
    ) -> Any:
        """Wait until a replication is in one of the states.

        :returns: the replication.
        """

        def reached() -> Any:
            found = self.get(f'/v1/replications/{replication_id}')
            if found['state'] in states:
                return found
            self.assertNotIn(found['state'], ('error', 'completed'), found)
            return None

        return waiting.until(reached, timeout, f'state {states}')

    def made_from(self, cloud: labs.Cloud, image_id: str) -> list[Any]:
        """Return the images that Glint made at a cloud from an image."""
        filters = {'glint_source_id': image_id}
        return list(cloud.member.glance().images.list(filters=filters))

    def remove_made(self, image_id: str) -> None:
        """Remove what was made from an image, at all clouds."""
        for cloud in self.lab.clouds[1:]:
            for image in self.made_from(cloud, image_id):
                cloud.member.glance().images.delete(image.id)
