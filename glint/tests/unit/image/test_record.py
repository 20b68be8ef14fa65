# SPDX-License-Identifier: Apache-2.0

import hashlib

import ddt

from glint.image import record
from glint.tests import base

SOURCE = {
    'id': '11111111-2222-3333-4444-555555555555',
    'name': 'debian',
    'status': 'active',
    'visibility': 'public',
    'protected': True,
    'os_hidden': False,
    'owner': 'p1',
    'disk_format': 'qcow2',
    'container_format': 'bare',
    'min_disk': 10,
    'min_ram': 512,
    'size': 1000,
    'virtual_size': 2000,
    'checksum': 'c' * 32,
    'os_hash_algo': 'sha512',
    'os_hash_value': 'D' * 128,
    'tags': ['b', 'a'],
    'created_at': '2026-01-01T00:00:00Z',
    'updated_at': '2026-01-01T00:00:00Z',
    'self': '/v2/images/x',
    'file': '/v2/images/x/file',
    'schema': '/v2/schemas/image',
    'stores': 'ceph',
    'locations': [],
    'direct_url': 'rbd://x',
    'os_glance_import_task': 'x',
    'os_distro': 'debian',
    'hw_disk_bus': 'scsi',
    'trait:CUSTOM_X': 'required',
}
ORIGIN = record.Origin(replication_id='r', site_id='home')
MARKER = {
    'glint_source_site': 'home',
    'glint_source_id': SOURCE['id'],
    'glint_source_hash': 'sha512:' + 'd' * 128,
    'glint_replication_id': 'r',
}


@ddt.ddt
class NewRecordTestCase(base.TestCase):
    def make(self, options=None, **properties):
        body, self.notes = record.new_record(
            {**SOURCE, **properties}, options or {}, ORIGIN
        )
        return body

    def test_fields_and_properties_go_over_and_nothing_else(self):
        self.assertEqual(
            {
                'name': 'debian',
                'visibility': 'private',
                'disk_format': 'qcow2',
                'container_format': 'bare',
                'min_disk': 10,
                'min_ram': 512,
                'tags': ['a', 'b'],
                'os_distro': 'debian',
                'hw_disk_bus': 'scsi',
                'trait:CUSTOM_X': 'required',
                **MARKER,
            },
            self.make(),
        )
        self.assertEqual([], self.notes)

    @ddt.data(
        'base_image_ref',
        'block_device_mapping',
        'image_type',
        'instance_uuid',
        'owner_id',
        'img_signature',
        'img_signature_certificate_uuid',
        'signature_verified',
        'cinder_encryption_key_deletion_policy',
    )
    def test_property_of_source_cloud_is_stripped_and_noted(self, key):
        self.assertNotIn(key, self.make(**{key: 'x'}))
        self.assertEqual(1, len(self.notes))
        self.assertIn(key, self.notes[0])

    def test_properties_stripped_for_one_reason_make_one_note(self):
        self.make(user_id='u', instance_uuid='i', img_signature='s')
        self.assertEqual(2, len(self.notes))
        self.assertIn('instance_uuid, user_id', ' '.join(self.notes))

    def test_values_become_text_and_null_is_left_out(self):
        body = self.make(hw_a=True, hw_b=7, hw_c=None)
        self.assertEqual(('True', '7'), (body['hw_a'], body['hw_b']))
        self.assertNotIn('hw_c', body)

    def test_name_can_be_given(self):
        self.assertEqual('x', self.make({'image_name': 'x'})['name'])

    def test_id_is_kept_when_asked_for(self):
        body = self.make({'preserve_id': True})
        self.assertEqual(SOURCE['id'], body['id'])

    def test_properties_can_be_set_and_removed(self):
        body = self.make(
            {
                'properties': {
                    'set': {'os_distro': 'ubuntu', 'new': 'x'},
                    'remove': ['hw_disk_bus'],
                }
            }
        )
        self.assertEqual(('ubuntu', 'x'), (body['os_distro'], body['new']))
        self.assertNotIn('hw_disk_bus', body)

    def test_property_set_by_the_user_is_not_stripped(self):
        body = self.make(
            {'properties': {'set': {'kernel_id': 'of the target'}}},
            kernel_id='of the source',
        )
        self.assertEqual('of the target', body['kernel_id'])
        self.assertEqual([], self.notes)

    def test_removed_property_is_not_noted(self):
        self.make({'properties': {'remove': ['user_id']}}, user_id='u')
        self.assertEqual([], self.notes)

    @ddt.data(
        'os_hash_value',
        'status',
        'visibility',
        'owner',
        'os_glance_x',
        'cinder_encryption_key_id',
        'glint_source_site',
    )
    def test_what_is_not_the_users_cannot_be_set(self, key):
        body = self.make({'properties': {'set': {key: 'canary'}}})
        self.assertNotIn('canary', body.values())

    def test_marks_of_an_earlier_replication_are_replaced(self):
        old = {'os_hash_value': None, 'checksum': None}
        body = self.make(glint_source_site='old', glint_source_hash='x', **old)
        self.assertEqual('home', body['glint_source_site'])
        self.assertNotIn('glint_source_hash', body)

    def test_kernel_of_the_source_is_left_to_the_planner(self):
        body = self.make(kernel_id='of the source')
        self.assertNotIn('kernel_id', body)
        self.assertEqual([], self.notes)

    @ddt.data(None, -1, '3', 1.5)
    def test_minimum_that_no_site_takes_is_left_out(self, value):
        self.assertNotIn('min_disk', self.make(min_disk=value))


class BootsFromTestCase(base.TestCase):
    SOURCE = {**SOURCE, 'kernel_id': 'k', 'ramdisk_id': 'r'}

    def test_kernel_and_ramdisk_are_needed(self):
        self.assertEqual(
            {'kernel_id': 'k', 'ramdisk_id': 'r'},
            record.boots_from(self.SOURCE, {}),
        )

    def test_what_the_user_sets_or_removes_is_not_needed(self):
        wanted = {'set': {'kernel_id': 'x'}, 'remove': ['ramdisk_id']}
        self.assertEqual(
            {}, record.boots_from(self.SOURCE, {'properties': wanted})
        )

    def test_empty_one_is_none(self):
        source = {**SOURCE, 'kernel_id': '', 'ramdisk_id': None}
        self.assertEqual({}, record.boots_from(source, {}))


@ddt.ddt
class IsSameTestCase(base.TestCase):
    def test_same_hash_is_the_same(self):
        self.assertTrue(record.is_same(SOURCE, {**SOURCE, 'id': 'x'}))

    def test_size_that_is_not_known_does_not_matter(self):
        self.assertTrue(record.is_same({**SOURCE, 'size': 0}, SOURCE))

    def test_checksum_of_an_old_source_is_enough(self):
        old = {**SOURCE, 'os_hash_algo': None, 'os_hash_value': None}
        self.assertTrue(record.is_same(old, SOURCE))

    @ddt.data(
        {'status': 'queued'},
        {'status': 'deactivated'},
        {'size': 1},
        {'os_hash_value': 'e' * 128},
        {'os_hash_algo': 'sha3_512'},
    )
    def test_anything_else_is_another(self, change):
        self.assertFalse(record.is_same(SOURCE, {**SOURCE, **change}))


@ddt.ddt
class RefusalTestCase(base.TestCase):
    def test_active_image_is_not_refused(self):
        self.assertIsNone(record.refusal(SOURCE, 'home'))

    @ddt.data(
        ({'status': 'queued'}, 'source_not_active'),
        ({'status': 'saving'}, 'source_not_active'),
        ({'status': None}, 'source_not_active'),
        ({'status': 'deactivated'}, 'source_deactivated'),
        ({'cinder_encryption_key_id': 'k'}, 'source_encrypted'),
        ({'os_encrypt_key_id': 'k'}, 'source_encrypted'),
        ({'block_device_mapping': '[1]', 'size': 0}, 'source_no_data'),
        ({'block_device_mapping': '[1]', 'size': None}, 'source_no_data'),
        ({'disk_format': None}, 'source_no_format'),
        ({'container_format': None}, 'source_no_format'),
    )
    @ddt.unpack
    def test_image_that_cannot_be_replicated_is_refused(self, change, code):
        found = record.refusal({**SOURCE, **change}, 'home')
        self.assertEqual(code, found.code)
        self.assertFalse(found.retryable)

    def test_snapshot_with_data_is_not_refused(self):
        source = {**SOURCE, 'block_device_mapping': '[1]'}
        self.assertIsNone(record.refusal(source, 'home'))


@ddt.ddt
class VerifyTestCase(base.TestCase):
    DATA = b'the right data'

    def target(self, **changes):
        return {
            'status': 'active',
            'size': len(self.DATA),
            'checksum': self.digest('md5'),
            'os_hash_algo': 'sha512',
            'os_hash_value': self.digest('sha512'),
            **changes,
        }

    def digest(self, algorithm):
        return hashlib.new(algorithm, self.DATA).hexdigest()

    def verify(self, digest=None, **changes):
        return record.verify(
            digest or self.digest,
            len(self.DATA),
            self.target(**changes),
            'west',
        )

    def test_right_image_passes(self):
        self.assertIsNone(self.verify())

    def test_hash_in_capitals_passes(self):
        value = self.digest('sha512').upper()
        self.assertIsNone(self.verify(os_hash_value=value))

    def test_other_algorithm_of_the_target_passes(self):
        self.assertIsNone(
            self.verify(
                os_hash_algo='sha256', os_hash_value=self.digest('sha256')
            )
        )

    @ddt.data(
        {'os_hash_algo': None, 'os_hash_value': None},
        {'os_hash_algo': 'whirl', 'os_hash_value': 'x'},
        {'os_hash_algo': 'shake_128', 'os_hash_value': 'x'},
    )
    def test_checksum_does_when_there_is_no_usable_hash(self, change):
        self.assertIsNone(self.verify(**change))
        wrong = self.verify(checksum='0' * 32, **change)
        self.assertEqual('content_differs', wrong.code)

    def test_right_hash_is_enough_where_the_size_is_not_known(self):
        self.assertIsNone(
            record.verify(self.digest, None, self.target(), 'west')
        )

    def test_known_digests_are_enough(self):
        known = {'md5': self.digest('md5')}
        self.assertIsNone(self.verify(known.get))

    @ddt.data(
        ({'status': 'queued'}, 'not_active', 'recreate'),
        ({'status': 'importing'}, 'not_active', 'recreate'),
        ({'size': 13}, 'content_differs', 'recreate'),
        ({'size': None}, 'content_differs', 'recreate'),
        ({'os_hash_value': '0' * 128}, 'content_differs', 'recreate'),
        (
            {'os_hash_value': None, 'checksum': None},
            'unverifiable',
            'delete_record',
        ),
    )
    @ddt.unpack
    def test_wrong_image_is_told(self, change, code, action):
        found = self.verify(**change)
        self.assertEqual((code, action), (found.code, found.action))
        self.assertIn('west', found.detail)

    def test_hash_of_which_no_digest_is_known_is_no_proof(self):
        found = self.verify({'sha256': 'x'}.get)
        self.assertEqual('unverifiable', found.code)


class HashesTestCase(base.TestCase):
    def test_strongest_hash_is_taken(self):
        self.assertEqual({'sha512': 'd' * 128}, record.hashes(SOURCE))

    def test_checksum_is_taken_when_alone(self):
        self.assertEqual(
            {'md5': 'c' * 32}, record.hashes({'checksum': 'C' * 32})
        )

    def test_none_is_taken_where_there_is_none(self):
        self.assertEqual({}, record.hashes({'checksum': None}))


class AfterActiveTestCase(base.TestCase):
    def steps(self, options=None, members=(), **changes):
        return [
            (step.key, step.value)
            for step in record.after_active(
                {**SOURCE, **changes}, options or {}, members
            )
        ]

    def test_source_is_followed_and_protection_comes_last(self):
        self.assertEqual(
            [
                ('visibility', 'public'),
                ('os_hidden', True),
                ('protected', True),
            ],
            self.steps(os_hidden=True),
        )

    def test_private_image_needs_nothing(self):
        self.assertEqual(
            [], self.steps({'visibility': 'private'}, protected=False)
        )

    def test_members_follow_visibility_when_asked_for(self):
        options = {'visibility': 'shared', 'members': True}
        self.assertEqual(
            [('visibility', 'shared'), ('member', 'a'), ('member', 'b')],
            self.steps(options, ['b', 'a'], protected=False),
        )

    def test_members_are_left_out_unless_shared_and_asked_for(self):
        for options in (
            {'visibility': 'shared'},
            {'visibility': 'community', 'members': True},
        ):
            self.assertNotIn('member', dict(self.steps(options, ['a'])))
