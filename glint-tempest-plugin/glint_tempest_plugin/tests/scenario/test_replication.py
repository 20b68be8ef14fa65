# SPDX-License-Identifier: Apache-2.0

"""Images that reach other clouds."""

from tempest.lib import decorators
from tempest.lib.common.utils import data_utils

from glint_tempest_plugin import cloud as clouds
from glint_tempest_plugin.tests import base


class ReplicationScenarioTest(base.CloudTest):
    def setUp(self):
        super().setUp()
        self.site_id = self.create_cloud_site()

    def replicate(self, image_id, *site_ids, **fields):
        made = self.create_replication(image_id, *site_ids, **fields)
        return self.await_state(made['id'], 'completed')

    @decorators.attr(type='smoke')
    @decorators.idempotent_id('f8e1c9db-f0a2-4331-b019-972242d50383')
    def test_image_arrives_whole(self):
        image = self.create_image(8 * base.MIB)
        done = self.replicate(image['id'], self.site_id)
        (copy,) = done['copies']
        self.assertEqual(
            (100, 8 * base.MIB, 'copied', None),
            (
                done['progress'],
                done['bytes_sent'],
                copy['outcome'],
                copy['error'],
            ),
        )
        there = self.cloud.images.show_image(copy['target_image_id'])
        self.assertEqual(
            ('active', 8 * base.MIB, image['os_hash_value']),
            (there['status'], there['size'], there['os_hash_value']),
        )
        self.assertEqual(
            image['os_hash_value'], self.cloud.hash_of(there['id'])
        )

    @decorators.idempotent_id('e40fd2e6-e30c-44a6-9719-aeb8c3efa863')
    def test_metadata_arrives_as_asked_for(self):
        image = self.create_image(
            min_disk=2,
            min_ram=64,
            tags=['tagged'],
            os_distro='debian',
            os_version='13',
        )
        name = data_utils.rand_name('renamed')
        done = self.replicate(
            image['id'],
            self.site_id,
            options={
                'image_name': name,
                'visibility': 'private',
                'properties': {
                    'set': {'os_distro': 'devuan'},
                    'remove': ['os_version'],
                },
            },
        )
        (copy,) = done['copies']
        there = self.cloud.images.show_image(copy['target_image_id'])
        self.assertEqual(
            (name, 'private', 2, 64, ['tagged'], 'devuan', 'raw', 'bare'),
            (
                there['name'],
                there['visibility'],
                there['min_disk'],
                there['min_ram'],
                there['tags'],
                there['os_distro'],
                there['disk_format'],
                there['container_format'],
            ),
        )
        self.assertNotIn('os_version', there)

    @decorators.idempotent_id('55779a14-189e-4372-b00c-3afdb8b1392e')
    def test_image_that_is_there_is_adopted(self):
        image = self.create_image()
        (first,) = self.replicate(image['id'], self.site_id)['copies']
        done = self.replicate(image['id'], self.site_id)
        (second,) = done['copies']
        self.assertEqual(
            ('copied', 'adopted'), (first['outcome'], second['outcome'])
        )
        self.assertEqual(first['target_image_id'], second['target_image_id'])
        self.assertEqual(0, done['bytes_sent'])
        self.assertEqual(1, len(self.cloud.made_from(image['id'])))

    @decorators.idempotent_id('2bd4519e-67ad-4f0b-8eaf-ef076f136b9a')
    def test_plan_foretells_what_is_done(self):
        image = self.create_image()
        body = {'image_id': image['id'], 'target_site_ids': [self.site_id]}
        client = self.member.replications
        (plan,) = client.plan_replication(**body)['targets']
        self.assertEqual(('copy', base.MIB), (plan['action'], plan['bytes']))
        # Nothing has been done yet.
        self.assertEqual([], self.cloud.made_from(image['id']))
        listed = client.list_replications(image_id=image['id'])
        self.assertEqual([], listed['replications'])
        (copy,) = self.replicate(image['id'], self.site_id)['copies']
        (plan,) = client.plan_replication(**body)['targets']
        self.assertEqual(
            ('adopt', copy['target_image_id'], 0),
            (plan['action'], plan['target_image_id'], plan['bytes']),
        )

    @decorators.idempotent_id('0b80ad8f-5e59-4fec-9187-e094bfabcb43')
    def test_image_comes_back_home(self):
        """The source may be another cloud."""
        image = self.create_image()
        (copy,) = self.replicate(image['id'], self.site_id)['copies']
        self.member.home_images.delete_image(image['id'])
        (home,) = self.member.sites.list_sites(home=True)['sites']
        done = self.replicate(
            copy['target_image_id'], home['id'], source_site_id=self.site_id
        )
        (back,) = done['copies']
        self.addCleanup(
            self.member.home_images.delete_image, back['target_image_id']
        )
        there = self.member.home_images.show_image(back['target_image_id'])
        self.assertEqual(
            ('active', image['os_hash_value']),
            (there['status'], there['os_hash_value']),
        )

    @decorators.idempotent_id('c8b6bdc5-d157-45e2-8f3a-52d827a9229b')
    def test_history_tells_of_each_attempt(self):
        image = self.create_image()
        done = self.replicate(image['id'], self.site_id)
        (copy,) = done['copies']
        shown = self.member.copies.show_copy(done['id'], copy['id'])
        self.assertEqual(
            [(1, 'completed', None)],
            [
                (item['number'], item['state'], item['error'])
                for item in shown['history']
            ],
        )


class ManyCloudsTest(base.CloudTest):
    """Replications to two clouds at once."""

    @classmethod
    def skip_checks(cls):
        super().skip_checks()
        if not base.CONF.image_replication_third_cloud.auth_url:
            raise cls.skipException('There is no third cloud.')

    @classmethod
    def resource_setup(cls):
        super().resource_setup()
        cls.third = clouds.third()

    def setUp(self):
        super().setUp()
        self.site_ids = {
            self.create_cloud_site(): self.cloud,
            self.create_cloud_site(self.third): self.third,
        }

    @decorators.idempotent_id('9f01c596-518b-49a4-8695-02ef4977468f')
    def test_image_reaches_two_clouds(self):
        image = self.create_image(8 * base.MIB)
        self.addCleanup(self.third.remove_made, image['id'])
        made = self.create_replication(image['id'], *self.site_ids)
        done = self.await_state(made['id'], 'completed')
        self.assertEqual(2, done['copies_summary']['completed'])
        self.assertEqual(16 * base.MIB, done['bytes_sent'])
        for copy in done['copies']:
            cloud = self.site_ids[copy['target_site_id']]
            there = cloud.images.show_image(copy['target_image_id'])
            self.assertEqual(
                ('active', image['os_hash_value']),
                (there['status'], there['os_hash_value']),
            )
            self.assertEqual(
                image['os_hash_value'], cloud.hash_of(there['id'])
            )

    @decorators.idempotent_id('4e89a22b-64da-4c28-bcb4-e2106d3ea5f0')
    def test_dead_cloud_stops_no_other(self):
        image = self.create_image()
        self.addCleanup(self.third.remove_made, image['id'])
        dead = self.create_dead_site()
        made = self.create_replication(image['id'], dead, *self.site_ids)

        def others_are_done(found):
            return found['copies_summary']['completed'] == 2

        found = self.await_replication(made['id'], others_are_done)
        (late,) = (
            copy for copy in found['copies'] if copy['target_site_id'] == dead
        )
        self.assertIn(late['state'], ('queued', 'copying'))
