# SPDX-License-Identifier: Apache-2.0

"""Tokens that end while an image is on its way."""

import dataclasses

from keystoneauth1 import exceptions as ksa_exceptions

from glint.tests.functional import faults
from glint.tests.functional import faulty
from glint.tests.functional import glance
from glint.tests.functional import keystone

MIB = faulty.MIB
SIZE = 4 * MIB
#: Bytes per second: much less than an image has while a token lives.
RATE = 64 * 1024


class ExpiryTest(faulty.TestCase):
    """A cloud of which tokens live for some seconds."""

    def setUp(self) -> None:
        super().setUp()
        _home, west, self.east = self.lab.clouds
        own = self.useFixture(keystone.Keystone(self.lab, west))
        own.configure('token', expiration='5')
        own.start()
        cloud = own.cloud
        image_service = self.useFixture(glance.Glance(self.lab, west))
        image_service.configure(
            'keystone_authtoken',
            auth_url=cloud.auth_url,
            www_authenticate_uri=cloud.auth_url,
            # Each request has its token checked.
            token_cache_time='-1',
        )
        image_service.start()
        region = self.useFixture(faulty.Region(cloud, image_service.url)).name
        self.cloud = dataclasses.replace(
            cloud,
            region_name=region,
            image_url=image_service.url,
            member=dataclasses.replace(cloud.member, region_name=region),
        )
        self.site_id, self.proxy = self.add_site_through_proxy(self.cloud)

    def _await_expiry(self, token: str) -> None:
        session = self.cloud.admin.session()

        def is_over() -> bool:
            try:
                session.get(
                    f'{self.cloud.auth_url}/auth/tokens',
                    headers={'X-Subject-Token': token},
                )
            except ksa_exceptions.NotFound:
                return True
            return False

        self.until(is_over, 'end of the token')

    def test_token_that_expires_in_mid_upload_does_no_harm(self) -> None:
        image = self.make_random_image(SIZE)
        slow = self.proxy.inject(
            faults.Throttle(faults.UPLOAD, faults.TO_CLOUD, RATE)
        )
        replication = self.start(image.id, self.site_id)
        self.assertTrue(slow.hit.wait(60))
        [upload] = self.proxy.find(faults.UPLOAD)
        self._await_expiry(upload.token)
        self.assertLess(upload.sent, SIZE)
        slow.end()
        self.assert_completed(self.end_of(replication['id']), attempts=1)
        self.assertEqual(204, upload.status)
        # What came after it was asked with another token.
        after = self.proxy.exchanges[self.proxy.exchanges.index(upload) + 1 :]
        self.assertIn(
            f'GET /v2/images/{self._made(replication)}',
            [exchange.request for exchange in after],
        )
        for exchange in after:
            self.assertNotEqual(upload.token, exchange.token)
        self.assert_copied(image, self.cloud)

    def _made(self, replication: dict) -> str:
        [copy] = self.copies(replication)
        image_id: str = copy['target_image_id']
        return image_id

    def test_token_that_expires_in_mid_download_does_no_harm(self) -> None:
        target = self.add_site(self.east)
        image = self.make_random_image(SIZE, self.cloud)
        slow = self.proxy.inject(
            faults.Throttle(faults.DOWNLOAD, faults.FROM_CLOUD, RATE)
        )
        # So that the source has to be asked for the rest.
        self.proxy.inject(
            faults.Cut(faults.DOWNLOAD, faults.FROM_CLOUD, SIZE - MIB, times=1)
        )
        replication = self.start(image.id, target, source_site_id=self.site_id)
        self.assertTrue(slow.hit.wait(60))
        [download] = self.proxy.find(faults.DOWNLOAD)
        self._await_expiry(download.token)
        self.assertLess(download.received, SIZE - MIB)
        slow.end()
        self.assert_completed(self.end_of(replication['id']), attempts=1)
        self.assert_copied(image, self.east)
        found = self.proxy.find(faults.DOWNLOAD)
        self.assertEqual([200, 206], [e.status for e in found])
        self.assertNotEqual(download.token, found[1].token)
