# SPDX-License-Identifier: Apache-2.0

"""What a real Glance limits, and what Glint makes of that."""

from typing import Any

from glint.image import record as records
from glint.tests import noise
from glint.tests.functional import faulty
from glint.tests.functional import glance
from glint.tests.integration import lab as labs

MIB = faulty.MIB


class UnifiedLimitTest(glance.TestCase):
    """The limits are Keystone's, and Glance tells them."""

    def _limit(self, **limits: int) -> str:
        """Set the limits of all projects, and start the site.

        :returns: the id of the site.
        """
        admin: labs.Account = self.cloud.admin
        session = admin.session()
        url = f'{admin.auth_url}/registered_limits'
        names = ('size_total', 'stage_total', 'count_total', 'count_uploading')
        made = session.post(
            url,
            json={
                'registered_limits': [
                    {
                        'service_id': self.region.service_id,
                        'region_id': self.region.name,
                        'resource_name': f'image_{name}',
                        'default_limit': limits.get(name, -1),
                    }
                    for name in names
                ]
            },
        ).json()['registered_limits']
        for item in made:
            self.addCleanup(session.delete, f'{url}/{item["id"]}')
        self.glance.configure('DEFAULT', use_keystone_limits='true')
        self.glance.configure(
            'oslo_limit',
            auth_type='password',
            auth_url=admin.auth_url,
            username=admin.username,
            password=admin.password,
            user_domain_name=admin.user_domain_name,
            project_name=admin.project_name,
            project_domain_name=admin.project_domain_name,
            endpoint_id=self.region.endpoint_id,
        )
        return self.start_site()

    def test_image_beyond_the_quota_is_refused_before_it_is_sent(self) -> None:
        site_id = self._limit(size_total=3)
        first = self.make_image(noise.make(2 * MIB))
        self.copied(self.replicate(first.id, site_id), self.cloud)

        second = self.make_image(noise.make(2 * MIB))
        words = 'image_size_total (MiB) is 3, of which 2 are used, and 2 more'
        plan = self.plan(second.id, site_id)
        self.assertEqual('blocked', plan['action'])
        self.assertIn(words, plan['reasons'][0])
        copy = self.failed(second.id, site_id)
        self.assertEqual('quota_exceeded', copy['error']['code'])
        self.assertIn(words, copy['error']['detail'])
        # No record and no byte went there.
        self.assertEqual(1, self.glance.requests('POST', '/v2/images'))
        self.assertEqual(1, self.glance.requests('PUT', glance.FILE))

        third = self.make_image(noise.make(MIB))
        self.copied(self.replicate(third.id, site_id), self.cloud)

    def test_image_too_many_is_refused_before_it_is_made(self) -> None:
        site_id = self._limit(count_total=1)
        first = self.make_image(noise.make(100))
        self.copied(self.replicate(first.id, site_id), self.cloud)
        second = self.make_image(noise.make(100))
        copy = self.failed(second.id, site_id)
        self.assertIn('image_count_total is 1', copy['error']['detail'])
        self.assertEqual(1, self.glance.requests('POST', '/v2/images'))


def _outcome(copy: dict[str, Any]) -> tuple[str, str]:
    return copy['state'], copy['outcome']


class LimitTest(glance.TestCase):
    """The limits are in Glance's own configuration, which tells nobody."""

    def test_image_beyond_the_storage_quota_leaves_nothing(self) -> None:
        self.glance.configure('DEFAULT', user_storage_quota='1MB')
        image = self.make_image(noise.make(2 * MIB))
        copy = self.failed(image.id, self.start_site())
        self.assertEqual(
            ('quota_exceeded', 413, 1),
            (
                copy['error']['code'],
                copy['error']['http_status'],
                copy['attempts'],
            ),
        )
        self.assert_nothing_made(image, self.cloud)

    def test_image_beyond_the_size_cap_leaves_nothing(self) -> None:
        self.glance.configure('DEFAULT', image_size_cap=str(MIB))
        image = self.make_image(noise.make(2 * MIB))
        copy = self.failed(image.id, self.start_site())
        self.assertFalse(copy['error']['retryable'])
        self.assert_nothing_made(image, self.cloud)

    def test_properties_beyond_the_quota_are_refused(self) -> None:
        self.glance.configure('DEFAULT', image_property_quota='4')
        image = self.make_image(noise.make(100), hw_disk_bus='scsi')
        copy = self.failed(image.id, self.start_site())
        self.assertEqual(
            ('too_many_properties', 413),
            (copy['error']['code'], copy['error']['http_status']),
        )
        self.assertIn('Maximum: 4', copy['error']['detail'])
        self.assertEqual(0, self.glance.requests('PUT', glance.FILE))

    def test_tags_beyond_the_quota_are_refused(self) -> None:
        self.glance.configure('DEFAULT', image_tag_quota='1')
        image = self.make_image(noise.make(100), tags=['one', 'two'])
        copy = self.failed(image.id, self.start_site())
        self.assertEqual('too_many_tags', copy['error']['code'])
        self.assertEqual(0, self.glance.requests('PUT', glance.FILE))

    def test_properties_beyond_the_usual_are_sent_and_noted(self) -> None:
        self.glance.configure('DEFAULT', image_property_quota='200')
        # As many as the home site takes; Glint adds its own.
        properties = {f'p{number}': 'x' for number in range(128)}
        image = self.make_image(noise.make(100), **properties)
        site_id = self.start_site()
        plan = self.plan(image.id, site_id)
        self.assertEqual('copy', plan['action'])
        self.assertIn('132 properties', plan['notes'][0])
        replication = self.replicate(image.id, site_id)
        self.assertEqual('x', self.copied(replication, self.cloud).p127)

    def test_full_store_leaves_nothing(self) -> None:
        self.glance.limit_files(4 * MIB)
        image = self.make_image(noise.make(5 * MIB))
        site_id = self.start_site()
        copy = self.failed(image.id, site_id)
        self.assertEqual(
            ('storage_full', 413, 1),
            (
                copy['error']['code'],
                copy['error']['http_status'],
                copy['attempts'],
            ),
        )
        self.assert_nothing_made(image, self.cloud)
        self.assertEqual([], self.glance.images('saving'))
        # What fits is taken.
        small = self.make_image(noise.make(MIB))
        self.copied(self.replicate(small.id, site_id), self.cloud)

    def _protect(self, **rules: str) -> None:
        """Set who may do what with properties, by patterns of their names."""
        path = self.glance.folder / 'protections.conf'
        path.write_text(
            ''.join(
                f'[{pattern}]\n'
                + ''.join(
                    f'{action} = {who}\n'
                    for action in ('create', 'read', 'update', 'delete')
                )
                for pattern, who in rules.items()
            )
        )
        self.glance.configure('DEFAULT', property_protection_file=str(path))

    def test_image_is_copied_where_no_property_may_be_set(self) -> None:
        self._protect(**{'.*': 'image_admin'})
        image = self.make_image(noise.make(100), x_a='1')
        site_id = self.start_site()
        replication = self.replicate(
            image.id, site_id, options={'on_conflict': 'fail'}
        )
        made = self.copied(replication, self.cloud)
        for key in ('x_a', *records.MARKERS):
            self.assertNotIn(key, made)
        notes = ' '.join(replication['copies'][0]['notes'])
        self.assertIn('x_a', notes)
        self.assertIn('Glint knows the image by its id', notes)
        # Once more, it is there already.
        [copy] = self.replicate(image.id, site_id)['copies']
        self.assertEqual(('completed', 'adopted'), _outcome(copy))

    def test_what_fails_where_no_property_may_be_set_is_removed(self) -> None:
        self._protect(**{'.*': 'image_admin'})
        self.glance.permit(upload_image='role:admin')
        image = self.make_image(noise.make(100))
        copy = self.failed(image.id, self.start_site())
        self.assertEqual('upload_forbidden', copy['error']['code'])
        self.assertIsNone(copy['target_image_id'])
        self.assertEqual([], self.glance.images('queued')[1:])
        self.assertEqual([], list(self.cloud.member.glance().images.list()))

    def test_reserved_property_is_left_out_and_noted(self) -> None:
        self._protect(**{'^hw_x_.*': 'admin', '.*': '@'})
        image = self.make_image(noise.make(100), hw_x_a='1', hw_x_b='2', y='3')
        site_id = self.start_site()
        replication = self.replicate(image.id, site_id)
        made = self.copied(replication, self.cloud)
        self.assertEqual('3', made.y)
        self.assertNotIn('hw_x_a', made)
        notes = ' '.join(replication['copies'][0]['notes'])
        self.assertIn('hw_x_a', notes)
        self.assertIn('hw_x_b', notes)
        # It would be left out again, and so is not missed.
        [copy] = self.replicate(image.id, site_id)['copies']
        self.assertEqual(
            ('adopted', made.id), (copy['outcome'], copy['target_image_id'])
        )

        other = self.make_image(noise.make(100))
        options = {'properties': {'set': {'hw_x_a': '1'}}}
        copy = self.failed(other.id, site_id, options=options)
        self.assertEqual('record_forbidden', copy['error']['code'])
        self.assertIn('hw_x_a', copy['error']['detail'])
