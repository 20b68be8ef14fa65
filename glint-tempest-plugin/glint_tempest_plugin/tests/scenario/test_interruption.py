# SPDX-License-Identifier: Apache-2.0

"""Replications that do not end as they were meant to at first."""

from tempest.lib import decorators
from tempest.lib import exceptions
from tempest.lib.common.utils import data_utils

from glint_tempest_plugin.tests import base


class InterruptionTest(base.CloudTest):
    def setUp(self):
        super().setUp()
        self.site_id = self.create_cloud_site()

    @decorators.attr(type='slow')
    @decorators.idempotent_id('e9dce826-f352-4b1e-80a4-8a4b41a267c4')
    def test_cancelled_copy_leaves_nothing_and_is_retried(self):
        size = base.CONF.image_replication.large_image_mib * base.MIB
        image = self.create_image(size)
        made = self.create_replication(image['id'], self.site_id)
        found = self.await_replication(
            made['id'],
            lambda found: found['bytes_sent'] or found['state'] in base.FINAL,
        )
        self.assertEqual('copying', found['state'], found['copies'])
        client = self.member.replications
        client.cancel_replication(made['id'])
        found = self.await_state(made['id'], 'cancelled')
        self.assertLess(found['bytes_sent'], size)
        self.assertEqual([], self.cloud.made_from(image['id']))
        client.retry_replication(made['id'])
        (copy,) = self.await_state(made['id'], 'completed')['copies']
        there = self.cloud.images.show_image(copy['target_image_id'])
        self.assertEqual(image['os_hash_value'], there['os_hash_value'])

    def _create_namesake(self, image):
        other = self.cloud.images.create_image(
            name=image['name'], disk_format='raw', container_format='bare'
        )
        self.addCleanup(self.cloud.remove, other['id'])
        self.cloud.images.store_image_file(other['id'], base.Noise(3))
        return other

    @decorators.idempotent_id('d2736c6b-bab1-468d-8cb8-9e8e24f1d99b')
    def test_conflict_is_skipped_on_request(self):
        image = self.create_image()
        self._create_namesake(image)
        options = {'on_conflict': 'skip'}
        (plan,) = self.member.replications.plan_replication(
            image_id=image['id'],
            target_site_ids=[self.site_id],
            options=options,
        )['targets']
        self.assertEqual('skip', plan['action'])
        made = self.create_replication(
            image['id'], self.site_id, options=options
        )
        (copy,) = self.await_state(made['id'], 'completed')['copies']
        self.assertEqual(
            ('skipped', None, plan['notes']),
            (copy['outcome'], copy['target_image_id'], copy['notes']),
        )
        self.assertIn(image['name'], copy['notes'][0])
        self.assertEqual([], self.cloud.made_from(image['id']))

    @decorators.idempotent_id('7d737f56-10c1-4f25-be28-18021a53e103')
    def test_namesake_is_noted(self):
        image = self.create_image()
        self._create_namesake(image)
        made = self.create_replication(image['id'], self.site_id)
        (copy,) = self.await_state(made['id'], 'completed')['copies']
        self.assertEqual('copied', copy['outcome'])
        self.assertIn('you will have both', ' '.join(copy['notes']))

    @decorators.idempotent_id('073ea913-69d1-42df-ace6-efb6bf967320')
    def test_conflict_is_an_error_until_it_is_gone(self):
        image = self.create_image()
        other = self._create_namesake(image)
        made = self.create_replication(
            image['id'], self.site_id, options={'on_conflict': 'fail'}
        )
        (copy,) = self.await_state(made['id'], 'error')['copies']
        self.assertEqual('name_conflict', copy['error']['code'])
        self.assertFalse(copy['error']['retryable'])
        self.assertIn(image['name'], copy['error']['detail'])
        self.assertEqual([], self.cloud.made_from(image['id']))
        # What is not Glint's stays.
        self.cloud.images.show_image(other['id'])
        self.cloud.remove(other['id'])
        self.member.replications.retry_replication(made['id'])
        (copy,) = self.await_state(made['id'], 'completed')['copies']
        self.assertIsNone(copy['error'])
        shown = self.member.copies.show_copy(made['id'], copy['id'])
        self.assertEqual(
            ['error', 'completed'],
            [attempt['state'] for attempt in shown['history']],
        )

    @decorators.idempotent_id('e6d4a3f8-cf12-4fee-80a7-5899cef31313')
    def test_unreachable_site_is_tried_again(self):
        image = self.create_image()
        dead = self.create_dead_site()
        made = self.create_replication(image['id'], dead)

        def waits(found):
            return found['copies'][0]['next_attempt_at']

        (copy,) = self.await_replication(made['id'], waits)['copies']
        self.assertEqual('queued', copy['state'])
        self.assertTrue(copy['error']['retryable'])
        self.assertTrue(copy['error']['detail'])
        self.member.replications.cancel_replication(made['id'])
        self.await_state(made['id'], 'cancelled')

    @decorators.idempotent_id('9aeec2b3-2871-4027-91aa-7b2db3041c3f')
    def test_missing_image_is_an_error(self):
        made = self.create_replication(data_utils.rand_uuid(), self.site_id)
        (copy,) = self.await_state(made['id'], 'error')['copies']
        self.assertFalse(copy['error']['retryable'])
        self.assertTrue(copy['error']['detail'])

    @decorators.attr(type='negative')
    @decorators.idempotent_id('0fd12359-435a-4a69-86af-c65f24fbef59')
    def test_completed_replication_is_neither_cancelled_nor_retried(self):
        image = self.create_image()
        made = self.create_replication(image['id'], self.site_id)
        self.await_state(made['id'], 'completed')
        client = self.member.replications
        for call in (client.cancel_replication, client.retry_replication):
            self.refused(
                exceptions.Conflict,
                'replication.state_conflict',
                call,
                made['id'],
            )

    @decorators.idempotent_id('9fb776ab-c3aa-4a92-9a2e-2fa9fac626b4')
    def test_deleted_replication_leaves_the_image(self):
        image = self.create_image()
        made = self.create_replication(image['id'], self.site_id)
        (copy,) = self.await_state(made['id'], 'completed')['copies']
        self.member.replications.delete_replication(made['id'])
        there = self.cloud.images.show_image(copy['target_image_id'])
        self.assertEqual('active', there['status'])
