# SPDX-License-Identifier: Apache-2.0

"""The matrix of images at real Glances."""

import io
from typing import Any
import uuid

from glint.db import site as db_site
from glint.tests import noise
from glint.tests import ports
from glint.tests.functional import faults
from glint.tests.functional import faulty
from glint.tests.integration import lab as labs

HOME = db_site.HOME_ID


class TestCase(faulty.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.name = f'matrix-{uuid.uuid4().hex}'
        self.west_cloud = self.lab.clouds[1]

    def matrix(self, query: str = '') -> dict[str, Any]:
        answer: dict[str, Any] = self.call(
            'GET', f'/v1/images?{query}', 200
        ).json
        return answer

    def rows(self, query: str = 'refresh=true') -> list[dict[str, Any]]:
        """Return the rows of the images that the test has made."""
        images = self.matrix(f'name={self.name}&{query}')['images']
        return list(images)

    def cells(self, row: dict[str, Any]) -> dict[str, tuple[str, Any]]:
        """Return the state of a row at each site, and the image there."""
        return {
            cell['site_id']: (cell['state'], cell['image_id'])
            for cell in row['presence']
        }

    def site(self, site_id: str, query: str = '') -> dict[str, Any]:
        """Return what is said about a site."""
        sites = self.matrix(query)['sites']
        return next(site for site in sites if site['site_id'] == site_id)

    def make(
        self, data: bytes, cloud: labs.Cloud | None = None, **fields: Any
    ) -> Any:
        return self.make_image(data, cloud, **{'name': self.name, **fields})


class StateTest(TestCase):
    """How sites have a content."""

    def setUp(self) -> None:
        super().setUp()
        self.west = self.add_site(self.west_cloud)

    def test_first_call_lists_what_is_there(self) -> None:
        data = noise.make(100)
        here = self.make(data)
        there = self.make(data, self.west_cloud, name='other')
        answer = self.matrix(f'name={self.name}')
        [row] = answer['images']
        self.assertEqual(
            {'name': self.name, 'size': 100, 'disk_format': 'raw'},
            {key: row[key] for key in ('name', 'size', 'disk_format')},
        )
        self.assertEqual(
            (here.os_hash_algo, here.os_hash_value, here.checksum),
            (row['os_hash_algo'], row['os_hash_value'], row['checksum']),
        )
        self.assertEqual(
            {HOME: ('in_sync', here.id), self.west: ('in_sync', there.id)},
            self.cells(row),
        )
        self.assertEqual(
            [self.name, 'other'], [cell['name'] for cell in row['presence']]
        )
        for site in answer['sites']:
            self.assertEqual(('ok', None), (site['state'], site['detail']))
            self.assertIsNotNone(site['listed_at'])

    def test_other_content_of_the_same_name_differs(self) -> None:
        here, there = self.make(b'here'), self.make(b'there', self.west_cloud)
        rows = {row['checksum']: row for row in self.rows()}
        self.assertEqual(2, len(rows))
        self.assertEqual(
            {HOME: ('in_sync', here.id), self.west: ('differs', there.id)},
            self.cells(rows[here.checksum]),
        )
        self.assertEqual(
            {HOME: ('differs', here.id), self.west: ('in_sync', there.id)},
            self.cells(rows[there.checksum]),
        )

    def test_image_without_data_is_unverifiable(self) -> None:
        here = self.make(noise.make(16))
        glance = self.west_cloud.member.glance()
        there = glance.images.create(name=self.name)
        self.addCleanup(self._delete, glance, there.id)
        [row] = self.rows()
        self.assertEqual(
            {
                HOME: ('in_sync', here.id),
                self.west: ('unverifiable', there.id),
            },
            self.cells(row),
        )

    def test_missing_image_is_in_sync_when_it_was_replicated(self) -> None:
        here = self.make(noise.make(16))
        [row] = self.rows()
        self.assertEqual(
            {HOME: ('in_sync', here.id), self.west: ('missing', None)},
            self.cells(row),
        )
        missing = f'state=missing&site_id={self.west}'
        self.assertEqual([row], self.rows(missing))
        listed_at = self.site(self.west)['listed_at']
        made = self.copied(self.replicate(here.id, self.west), self.west_cloud)
        # Glint knows it already, without asking again.
        self.assertEqual([], self.rows(missing))
        [row] = self.rows('')
        self.assertEqual(('in_sync', made.id), self.cells(row)[self.west])
        self.assertEqual(listed_at, self.site(self.west)['listed_at'])
        [row] = self.rows()
        self.assertEqual(('in_sync', made.id), self.cells(row)[self.west])
        self.assertGreater(self.site(self.west)['listed_at'], listed_at)

    def test_hidden_and_community_images_are_listed_on_request(self) -> None:
        glance = self.west_cloud.member.glance()
        for number, change in enumerate(
            ({'os_hidden': True}, {'visibility': 'community'})
        ):
            image = self.make(b'%d' % number, self.west_cloud)
            glance.images.update(image.id, **change)
        other = self.west_cloud.other.glance()
        foreign = other.images.create(
            name=self.name, disk_format='raw', container_format='bare'
        )
        self.addCleanup(other.images.delete, foreign.id)
        other.images.upload(foreign.id, io.BytesIO(b"foreign"))
        other.images.update(foreign.id, visibility='community')
        self.assertNotIn(True, self.flags('os_hidden', ''))
        self.assertIn(True, self.flags('os_hidden', 'hidden=true'))
        self.assertNotIn(foreign.id, self.flags('image_id', ''))
        self.assertIn(foreign.id, self.flags('image_id', 'community=true'))

    def flags(self, field: str, query: str) -> list[Any]:
        return [
            cell[field]
            for row in self.rows(query)
            for cell in row['presence']
            if cell['state'] == 'in_sync'
        ]

    def test_share_that_is_not_accepted_is_listed_on_request(self) -> None:
        other = self.west_cloud.other.glance()
        image = other.images.create(
            name=self.name, disk_format='raw', container_format='bare'
        )
        self.addCleanup(other.images.delete, image.id)
        other.images.upload(image.id, io.BytesIO(b"shared"))
        other.images.update(image.id, visibility='shared')
        session = self.west_cloud.member.session()
        other.image_members.create(image.id, session.get_project_id())
        self.assertEqual([], self.rows(''))
        [row] = self.rows('pending=true')
        self.assertEqual(('in_sync', image.id), self.cells(row)[self.west])
        self.assertEqual(('missing', None), self.cells(row)[HOME])

    def test_pages_follow_each_other(self) -> None:
        for number in range(3):
            self.make(b'%d' % number)
        whole = self.rows('')
        address = f'/v1/images?name={self.name}&limit=2'
        found = []
        while address:
            page = self.call('GET', address, 200).json
            found += page['images']
            address = page['links'][0]['href'] if page['links'] else None
        self.assertEqual(whole, found)
        self.assertEqual(3, len(found))


class CopyingTest(TestCase):
    """What is on its way."""

    def test_running_copy_is_shown_with_its_progress(self) -> None:
        west, proxy = self.add_site_through_proxy(self.west_cloud)
        image = self.make(noise.make(4 * faulty.MIB))
        stall = proxy.inject(
            faults.Stall(faults.UPLOAD, faults.TO_CLOUD, faulty.MIB, 300)
        )
        replication = self.start(image.id, west)
        self.assertTrue(stall.hit.wait(60))

        def sent() -> Any:
            [row] = self.rows('')
            [cell] = [c for c in row['presence'] if c['site_id'] == west]
            copy = cell['copy']
            return copy and copy['bytes_sent'] and cell

        cell = self.until(sent, 'progress')
        self.assertEqual('copying', cell['state'])
        copy = cell['copy']
        self.assertEqual(
            (replication['id'], 'copying', image.size, None),
            (
                copy['replication_id'],
                copy['state'],
                copy['bytes_total'],
                copy['error'],
            ),
        )
        self.assertEqual([], self.rows('state=missing'))
        self.assertEqual(1, len(self.rows('state=copying')))
        self.cancel(replication)
        self.assert_nothing_made(image, self.west_cloud)
        self.assertEqual(1, len(self.rows('refresh=true&state=missing')))

    def test_failed_copy_is_missing_with_its_error(self) -> None:
        west, proxy = self.add_site_through_proxy(self.west_cloud)
        image = self.make(noise.make(16))
        proxy.inject(faults.Refuse(faults.CREATE, 400))
        self.assertEqual('error', self.replicate(image.id, west)['state'])
        [row] = self.rows()
        [cell] = [c for c in row['presence'] if c['site_id'] == west]
        self.assertEqual('missing', cell['state'])
        self.assertEqual('error', cell['copy']['state'])
        self.assertIn('refuses', cell['copy']['error']['detail'])


class SiteTest(TestCase):
    """Sites that do not list their images."""

    def test_unreachable_site_keeps_its_last_known_listing(self) -> None:
        west, proxy = self.add_site_through_proxy(self.west_cloud)
        image = self.make(noise.make(16), self.west_cloud)
        [row] = self.rows()
        before = self.site(west)
        self.assertEqual('ok', before['state'])
        proxy.refuse()
        try:
            after = self.site(west, 'refresh=true')
            self.assertEqual(
                ('unreachable', before['listed_at']),
                (after['state'], after['listed_at']),
            )
            self.assertIn('cannot be reached', after['detail'])
            self.assertEqual([row], self.rows())
            self.assertEqual(('in_sync', image.id), self.cells(row)[west])
            self.assertEqual('ok', self.site(HOME)['state'])
        finally:
            proxy.listen()
        self.assertEqual('ok', self.site(west, 'refresh=true')['state'])

    def test_site_that_never_answered_is_not_said_to_miss_images(self) -> None:
        dead = self.call(
            'POST',
            '/v1/sites',
            201,
            name='dead',
            auth_url=f'http://127.0.0.1:{ports.free_port()}/v3',
        ).json['id']
        self._register_unchecked(dead, 'x', 'y')
        image = self.make(noise.make(16))
        [row] = self.rows('')
        self.assertEqual(
            {HOME: ('in_sync', image.id), dead: ('unverifiable', None)},
            self.cells(row),
        )
        site = self.site(dead)
        self.assertEqual(
            ('unreachable', None), (site['state'], site['listed_at'])
        )

    def test_slow_site_does_not_hold_up_the_answer(self) -> None:
        west, proxy = self.add_site_through_proxy(self.west_cloud)
        self.config(group='api', listing_wait=1)
        image = self.make(noise.make(16), self.west_cloud)
        stall = proxy.inject(
            faults.Stall(faults.LIST, faults.FROM_CLOUD, 0, 300)
        )
        site = self.site(west)
        self.assertEqual(
            ('unreachable', None), (site['state'], site['listed_at'])
        )
        self.assertIn('not answered yet', site['detail'])
        stall.end()
        self.until(lambda: self.site(west)['state'] == 'ok', 'listing')
        [row] = self.rows('')
        self.assertEqual(('in_sync', image.id), self.cells(row)[west])

    def test_refused_credential_is_told_and_noted(self) -> None:
        site = self.call(
            'POST',
            '/v1/sites',
            201,
            name='west',
            auth_url=self.west_cloud.auth_url,
            region_name=self.west_cloud.region_name,
        ).json['id']
        key = self.application_credential(self.west_cloud)
        credential = self._register_unchecked(site, key['id'], key['secret'])
        image = self.make(noise.make(16), self.west_cloud)
        [row] = self.rows('')
        self.assertEqual(('in_sync', image.id), self.cells(row)[site])
        session = self.west_cloud.member.session()
        session.delete(
            f'{self.west_cloud.auth_url}/users/{session.get_user_id()}'
            f'/application_credentials/{key["id"]}'
        )
        found = self.site(site, 'refresh=true')
        self.assertEqual('unauthorized', found['state'])
        self.assertIn('Register another', found['detail'])
        self.assertEqual([row], self.rows(''))
        path = f'/v1/credentials/{credential}'
        self.until(
            lambda: (
                self.call('GET', path, 200).json['state'] == 'unauthorized'
            ),
            'state of the credential',
        )
        # What it saw is gone with it.
        self.call('DELETE', path, 204)
        self.assertEqual([], self.rows(''))

    def _register_unchecked(self, site: str, key_id: str, secret: str) -> str:
        made = self.call(
            'POST',
            '/v1/credentials',
            201,
            site_id=site,
            name='key',
            auth_type='v3applicationcredential',
            auth={
                'application_credential_id': key_id,
                'application_credential_secret': secret,
            },
            check=False,
        ).json
        credential_id: str = made['id']
        return credential_id
