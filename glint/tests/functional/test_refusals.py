# SPDX-License-Identifier: Apache-2.0

"""What a real Glance refuses while it is asked, and what Glint does."""

import contextlib
import io
import threading
from typing import Any

from glanceclient import exc as glance_exceptions

from glint.conductor.copy import storing
from glint.tests import noise
from glint.tests.functional import faults
from glint.tests.functional import faulty
from glint.tests.functional import glance

MIB = faulty.MIB
SIZE = 2 * MIB


class UploadTest(faulty.TestCase):
    """Something happens between the record and its data."""

    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]
        self.west, self.proxy = self.add_site_through_proxy(self.cloud)
        self.client = self.cloud.member.glance()

    def _hold_upload(self, image: Any) -> tuple[dict[str, Any], Any]:
        """Begin to replicate an image, and hold up its first upload.

        :returns: the replication and what holds it up.
        """
        fault = self.proxy.inject(faults.Delay(faults.UPLOAD, 60, times=1))
        replication = self.start(image.id, self.west)
        self.assertTrue(fault.hit.wait(60))
        return replication, fault

    def _uploads(self) -> list[int | None]:
        return [e.status for e in self.proxy.find(faults.UPLOAD)]

    def test_refused_token_is_replaced(self) -> None:
        image = self.make_random_image(SIZE)
        replication, fault = self._hold_upload(image)
        [upload] = self.proxy.find(faults.UPLOAD)
        self.revoke(self.cloud, upload.token)
        fault.end()
        self.assert_completed(self.end_of(replication['id']), attempts=1)
        self.assertEqual([401, 204], self._uploads())
        self.assert_copied(image, self.cloud)
        # What the only target was to have is in memory, and then gone.
        self.assertEqual(2, self.lab.home.downloads(image.id))

    def test_image_that_has_got_the_same_data_is_verified(self) -> None:
        data = noise.make(SIZE)
        image = self.make_image(data)
        replication, fault = self._hold_upload(image)
        [made] = self.made_from(image.id, self.cloud)
        self.client.images.upload(made.id, io.BytesIO(data), SIZE)
        fault.end()
        self.assert_completed(self.end_of(replication['id']), attempts=1)
        self.assertEqual([409], self._uploads())
        self.assert_copied(image, self.cloud)

    def test_image_that_has_got_other_data_is_replaced(self) -> None:
        image = self.make_random_image(SIZE)
        replication, fault = self._hold_upload(image)
        [made] = self.made_from(image.id, self.cloud)
        self.client.images.upload(made.id, io.BytesIO(noise.make(SIZE)), SIZE)
        fault.end()
        self.assert_completed(self.end_of(replication['id']), attempts=1)
        self.assertEqual([409, 204], self._uploads())
        self.assert_copied(image, self.cloud)
        self.assertNotEqual(
            made.id, self.copies(replication)[0]['target_image_id']
        )

    def test_image_that_somebody_else_is_sending_is_replaced(self) -> None:
        self.patch(storing, 'SETTLE', 0)
        image = self.make_random_image(SIZE)
        replication, fault = self._hold_upload(image)
        [made] = self.made_from(image.id, self.cloud)
        other = _Endless()
        sender = threading.Thread(
            target=self._send, args=(made.id, other), daemon=True
        )
        sender.start()
        self.addCleanup(sender.join)
        self.addCleanup(other.stop)
        self.until(
            lambda: self.client.images.get(made.id).status == 'saving',
            'other upload',
        )
        fault.end()
        self.assert_completed(self.end_of(replication['id']), attempts=1)
        self.assertEqual([409, 204], self._uploads())
        self.assert_copied(image, self.cloud)

    def _send(self, image_id: str, data: Any) -> None:
        # Glint removes the image meanwhile.
        with contextlib.suppress(glance_exceptions.ClientException):
            self.client.images.upload(image_id, data)

    def test_source_that_is_deactivated_gives_nothing_out(self) -> None:
        east = self.add_site(self.lab.clouds[2])
        image = self.make_random_image(SIZE, self.cloud)
        fault = self.proxy.inject(faults.Delay(faults.DOWNLOAD, 60))
        replication = self.start(image.id, east, source_site_id=self.west)
        self.assertTrue(fault.hit.wait(60))
        self.cloud.admin.glance().images.deactivate(image.id)
        fault.end()
        [copy] = self.end_of(replication['id'])['copies']
        self.assertEqual(
            ('error', 'source_forbidden', 403, 1),
            (
                copy['state'],
                copy['error']['code'],
                copy['error']['http_status'],
                copy['attempts'],
            ),
        )
        self.assert_nothing_made(image, self.lab.clouds[2])


class _Endless(io.RawIOBase):
    """Data that come as slowly as Glance bears, until they are stopped."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def read(self, _size: int = -1) -> bytes:
        return b'' if self._stopped.wait(0.1) else b'x'


class PolicyTest(glance.TestCase):
    """The policy of a Glance forbids what Glint does for the user."""

    def test_forbidden_upload_leaves_nothing(self) -> None:
        self.glance.permit(upload_image='role:admin')
        image = self.make_random_image(SIZE)
        copy = self.failed(image.id, self.start_site())
        self.assertEqual(
            ('upload_forbidden', 403, 1),
            (
                copy['error']['code'],
                copy['error']['http_status'],
                copy['attempts'],
            ),
        )
        self.assertIn('upload_image', copy['error']['detail'])
        self.assert_nothing_made(image, self.cloud)

    def test_forbidden_visibility_is_noted(self) -> None:
        self.glance.permit(communitize_image='role:admin')
        site_id = self.start_site()
        for visibility, action in (
            ('public', 'publicize_image'),
            ('community', 'communitize_image'),
        ):
            image = self.make_image(noise.make(100), name=visibility)
            replication = self.replicate(
                image.id, site_id, options={'visibility': visibility}
            )
            made = self.copied(replication, self.cloud)
            self.assertEqual('private', made.visibility)
            [note] = replication['copies'][0]['notes']
            self.assertIn(f'visibility could not be set to {visibility}', note)
            self.assertIn('HTTP 403', note)
            self.assertIn(f'complete {action}', note)
            self.assertIn('Give its user the role', note)
            self.assertNotIn('property', note)

    def test_forbidden_image_is_no_matter_of_its_properties(self) -> None:
        self.glance.permit(add_image='role:admin')
        image = self.make_random_image(100)
        copy = self.failed(image.id, self.start_site())
        self.assertEqual(
            ('forbidden', 403, 1),
            (
                copy['error']['code'],
                copy['error']['http_status'],
                copy['attempts'],
            ),
        )
        self.assertIn('add_image', copy['error']['detail'])
        self.assertIn('Give its user the role', copy['error']['detail'])
        self.assertNotIn('property', copy['error']['detail'])

    def test_forbidden_members_are_noted_as_a_matter_of_the_role(self) -> None:
        self.glance.permit(add_member='role:admin')
        image = self.make_image(noise.make(100), visibility='shared')
        member = self.lab.home.other.project_id
        members = self.lab.home.member.glance().image_members
        members.create(image.id, member)
        self.lab.home.other.glance().image_members.update(
            image.id, member, 'accepted'
        )
        replication = self.replicate(
            image.id, self.start_site(), options={'members': True}
        )
        self.copied(replication, self.cloud)
        note = replication['copies'][0]['notes'][-1]
        self.assertIn('member could not be set', note)
        self.assertIn('add_member', note)
        self.assertIn('Give its user the role', note)

    def test_reader_is_told_at_the_check(self) -> None:
        reader = self.cloud.reader
        self.glance.start()
        site = self.call(
            'POST',
            '/v1/sites',
            201,
            name='w',
            auth_url=self.cloud.auth_url,
            region_name=self.cloud.region_name,
        ).json
        made = self.call(
            'POST',
            '/v1/credentials',
            201,
            site_id=site['id'],
            name='key',
            auth_type='v3password',
            auth={
                'username': reader.username,
                'password': reader.password,
                'user_domain_name': reader.user_domain_name,
                'project_name': reader.project_name,
                'project_domain_name': reader.project_domain_name,
            },
        ).json
        self.assertEqual('ok', made['state'])
        self.assertIn('only the role reader at w', made['detail'])
        image = self.make_random_image(100)
        copy = self.failed(image.id, site['id'])
        self.assertEqual('forbidden', copy['error']['code'])
