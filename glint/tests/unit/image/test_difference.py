# SPDX-License-Identifier: Apache-2.0


from typing import Any

import ddt

from glint.image import difference
from glint.tests import base

SOURCE = {
    'id': 's',
    'name': 'installer',
    'status': 'active',
    'visibility': 'shared',
    'owner': 'at home',
    'disk_format': 'iso',
    'container_format': 'bare',
    'min_disk': 0,
    'min_ram': 0,
    'size': 10,
    'checksum': 'c' * 32,
    'os_hash_algo': 'sha512',
    'os_hash_value': 'd' * 128,
    'tags': ['a'],
    'protected': False,
    'os_hidden': False,
    'virtual_size': None,
}
FOUND = {**SOURCE, 'id': 't', 'owner': 'there', 'name': 'upload-test'}

#: The source's record, the options, the found record, and what differs.
ROWS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = {
    'nothing': ({}, {}, {}, ''),
    'disk format': (
        {},
        {},
        {'disk_format': 'raw'},
        'disk_format raw, not iso',
    ),
    'container format': (
        {'container_format': 'aki'},
        {},
        {},
        'container_format bare, not aki',
    ),
    'no format at all': (
        {},
        {},
        {'disk_format': None},
        'disk_format missing (iso)',
    ),
    'min_disk': ({'min_disk': 20}, {}, {}, 'min_disk 0, not 20'),
    'min_ram': ({}, {}, {'min_ram': 512}, 'min_ram 512, not 0'),
    'minima that are not told': (
        {'min_disk': None},
        {},
        {'min_ram': None},
        '',
    ),
    'hardware missing': (
        {'hw_cdrom_bus': 'sata'},
        {},
        {},
        'hw_cdrom_bus missing (sata)',
    ),
    'hardware in addition': (
        {},
        {},
        {'hw_firmware_type': 'uefi'},
        'hw_firmware_type uefi in addition',
    ),
    'other hardware': (
        {'hw_machine_type': 'q35'},
        {},
        {'hw_machine_type': 'pc'},
        'hw_machine_type pc, not q35',
    ),
    'same hardware': (
        {'hw_machine_type': 'q35'},
        {},
        {'hw_machine_type': 'q35'},
        '',
    ),
    'operating system': (
        {'os_distro': 'debian'},
        {},
        {'os_distro': 'ubuntu'},
        'os_distro ubuntu, not debian',
    ),
    'architecture': (
        {'architecture': 'aarch64'},
        {},
        {},
        'architecture missing (aarch64)',
    ),
    'img': (
        {'img_config_drive': 'mandatory'},
        {},
        {},
        'img_config_drive missing (mandatory)',
    ),
    'trait': (
        {'trait:HW_CPU_X86_AVX2': 'required'},
        {},
        {},
        'trait:HW_CPU_X86_AVX2 missing (required)',
    ),
    'hypervisor': (
        {'hypervisor_type': 'qemu'},
        {},
        {'hypervisor_type': 'vmware'},
        'hypervisor_type vmware, not qemu',
    ),
    'vmware': (
        {},
        {},
        {'vmware_disktype': 'thin'},
        'vmware_disktype thin in addition',
    ),
    'vm_mode': ({'vm_mode': 'hvm'}, {}, {}, 'vm_mode missing (hvm)'),
    'volume type': (
        {'cinder_img_volume_type': 'fast'},
        {},
        {},
        'cinder_img_volume_type missing (fast)',
    ),
    'harmless property': ({'note': 'a'}, {}, {'note': 'b', 'more': 'c'}, ''),
    'tags': ({}, {}, {'tags': ['b', 'c']}, ''),
    'hidden and protected': (
        {},
        {},
        {'os_hidden': True, 'protected': True},
        '',
    ),
    'marks of Glint': ({}, {}, {'glint_source_id': 'x'}, ''),
    'of Glance itself': (
        {'os_glance_import_task': 'x'},
        {},
        {'os_glance_stage_host': 'y', 'os_hash_value': 'z'},
        '',
    ),
    'of a snapshot, left out': (
        {'instance_uuid': 'x', 'image_type': 'snapshot'},
        {},
        {},
        '',
    ),
    'signature, left out': (
        {'img_signature': 'x', 'img_signature_key_type': 'RSA-PSS'},
        {},
        {},
        '',
    ),
    'signature there': ({}, {}, {'img_signature': 'x'}, ''),
    'signature that the user gives': (
        {},
        {'properties': {'set': {'img_signature': 'y'}}},
        {'img_signature': 'x'},
        'img_signature x, not y',
    ),
    'encrypted there': (
        {},
        {},
        {'cinder_encryption_key_id': 'k'},
        'cinder_encryption_key_id k in addition',
    ),
    'set by the user': (
        {'os_distro': 'ubuntu'},
        {'properties': {'set': {'os_distro': 'debian'}}},
        {'os_distro': 'ubuntu'},
        'os_distro ubuntu, not debian',
    ),
    'set by the user, as it is': (
        {},
        {'properties': {'set': {'os_distro': 'debian', 'note': 'a'}}},
        {'os_distro': 'debian', 'note': 'a'},
        '',
    ),
    'harmless, but set by the user': (
        {},
        {'properties': {'set': {'note': 'a'}}},
        {},
        'note missing (a)',
    ),
    'removed by the user': (
        {'hw_disk_bus': 'scsi'},
        {'properties': {'remove': ['hw_disk_bus']}},
        {'hw_disk_bus': 'scsi'},
        'hw_disk_bus scsi in addition',
    ),
    'removed by the user, not there': (
        {'hw_disk_bus': 'scsi'},
        {'properties': {'remove': ['hw_disk_bus']}},
        {},
        '',
    ),
    'harmless, but removed by the user': (
        {},
        {'properties': {'remove': ['note']}},
        {'note': 'a'},
        'note a in addition',
    ),
    'not for the user to set': (
        {},
        {
            'properties': {
                'set': {'owner': 'x', 'glint_source_id': 'x'},
                'remove': ['tags', 'glint_replication_id'],
            }
        },
        {'glint_replication_id': 'x'},
        '',
    ),
    'number at the source': (
        {'hw_cpu_cores': '2'},
        {},
        {'hw_cpu_cores': 2},
        '',
    ),
    'name asked for': (
        {},
        {'image_name': 'installer-cd'},
        {},
        'name upload-test, not installer-cd',
    ),
    'name asked for, as it is': (
        {},
        {'image_name': 'upload-test'},
        {},
        '',
    ),
    'name in place of one that was taken': (
        {},
        {'image_name': 'installer', 'on_conflict': 'rename'},
        {'name': 'installer (12)'},
        '',
    ),
    'name of such a kind, not asked for': (
        {},
        {'image_name': 'installer', 'on_conflict': 'fail'},
        {'name': 'installer (12)'},
        'name installer (12), not installer',
    ),
    'name that only begins so': (
        {},
        {'image_name': 'installer', 'on_conflict': 'rename'},
        {'name': 'installer (12) old'},
        'name installer (12) old, not installer',
    ),
    'no name': (
        {},
        {'image_name': 'installer'},
        {'name': None},
        'name missing (installer)',
    ),
    'visibility asked for': (
        {},
        {'visibility': 'community'},
        {},
        'visibility shared, not community',
    ),
    'visibility not asked for': (
        {'visibility': 'public'},
        {},
        {'visibility': 'private'},
        '',
    ),
    'id asked for': ({}, {'preserve_id': True}, {}, 'id t, not s'),
    'id asked for, as it is': ({}, {'preserve_id': True}, {'id': 's'}, ''),
    'kernel the same': (
        {'kernel_id': 'k at home'},
        {},
        {'kernel_id': 'k2'},
        '',
    ),
    'kernel another': (
        {'kernel_id': 'k at home'},
        {},
        {'kernel_id': 'x'},
        'kernel_id x, not k1',
    ),
    'kernel missing': (
        {'kernel_id': 'k at home'},
        {},
        {},
        'kernel_id missing (k1)',
    ),
    'ramdisk that is not there at all': (
        {'ramdisk_id': 'r at home'},
        {},
        {'ramdisk_id': 'x'},
        "ramdisk_id x, not the source's",
    ),
    'kernel in addition': (
        {},
        {},
        {'kernel_id': 'x'},
        'kernel_id x in addition',
    ),
    'kernel set by the user': (
        {'kernel_id': 'k at home'},
        {'properties': {'set': {'kernel_id': 'x'}}},
        {'kernel_id': 'k1'},
        'kernel_id k1, not x',
    ),
    'kernel removed by the user': (
        {'kernel_id': 'k at home'},
        {'properties': {'remove': ['kernel_id']}},
        {},
        '',
    ),
    'many': (
        {'hw_cdrom_bus': 'sata'},
        {
            'image_name': 'installer-cd',
            'visibility': 'community',
            'properties': {'set': {'os_distro': 'debian'}},
        },
        {'disk_format': 'raw'},
        'disk_format raw, not iso; hw_cdrom_bus missing (sata); '
        'os_distro missing (debian); name upload-test, not installer-cd; '
        'visibility shared, not community',
    ),
    'a long value': (
        {'os_x': 'x' * 100},
        {},
        {},
        'os_x missing (%s...)' % ('x' * 80),
    ),
}


@ddt.ddt
class DifferencesTest(base.TestCase):
    def _differences(
        self,
        source: dict[str, Any],
        options: dict[str, Any],
        found: dict[str, Any],
    ) -> list[difference.Difference]:
        return difference.differences(
            SOURCE | source,
            options,
            FOUND | found,
            boots={'kernel_id': ['k1', 'k2']},
        )

    @ddt.data(*ROWS)
    def test_row(self, name: str) -> None:
        *records, right = ROWS[name]
        found = self._differences(*records)
        self.assertEqual(right, difference.describe(found))

    def test_of_many_differences_the_first_are_named(self) -> None:
        there = {f'hw_{number:03}': 'x' for number in range(100)}
        text = difference.describe(self._differences({}, {}, there))
        self.assertIn('hw_019 x in addition; 80 more', text)

    @ddt.data(
        # A property that is left out is not missed.
        ('hw_x', None, 'a', {'hw_x': None}, True),
        ('hw_x', None, 'a', {'hw_y': None}, False),
        ('hw_x', 'b', 'a', {'hw_x': None}, False),
        ('hw_x', 'b', None, {'hw_x': None}, False),
        # Of what is never left out, the value counts.
        ('visibility', 'private', 'public', {'visibility': 'public'}, True),
        ('visibility', 'private', 'shared', {'visibility': 'public'}, False),
        ('id', 't', 's', {'id': 's'}, True),
        ('id', 't', 's', {'id': 'u'}, False),
        ('disk_format', 'raw', 'iso', {}, False),
    )
    @ddt.unpack
    def test_what_the_site_refused(
        self, key: str, found: Any, wanted: Any, refused: Any, right: bool
    ) -> None:
        item = difference.Difference(key, found, wanted)
        self.assertEqual(right, difference.is_refused(item, refused))

    def test_what_decides_which_differences_can_be_amended(self) -> None:
        found = self._differences(
            {
                'hw_cdrom_bus': 'sata',
                'kernel_id': 'k',
                'ramdisk_id': 'r',
                'min_disk': 3,
            },
            {'image_name': 'x', 'visibility': 'public', 'preserve_id': True},
            {
                'disk_format': 'raw',
                'container_format': 'ovf',
                'os_encrypt_key_id': 'k',
            },
        )
        fixed = {item.key for item in found if not item.amendable}
        self.assertEqual(
            {
                'disk_format',
                'container_format',
                'os_encrypt_key_id',
                'ramdisk_id',
                'id',
            },
            fixed,
        )
        amended = [item for item in found if item.amendable]
        self.assertEqual(
            {
                'min_disk': 3,
                'hw_cdrom_bus': 'sata',
                'kernel_id': 'k1',
                'name': 'x',
                'visibility': 'public',
            },
            difference.changes(amended),
        )

    def test_kernel_is_compared_by_its_formats_alone(self) -> None:
        kernel = SOURCE | {'disk_format': 'aki', 'container_format': 'aki'}
        there = kernel | {'min_disk': 3, 'hw_x': 'y'}
        self.assertEqual([], difference.formats(kernel, there))
        found = difference.formats(kernel, FOUND)
        self.assertEqual(
            ['disk_format', 'container_format'], [item.key for item in found]
        )


class RemarksTest(base.TestCase):
    def test_other_name_is_told_unless_it_was_asked_for(self) -> None:
        [text] = difference.remarks(SOURCE, {}, FOUND)
        self.assertIn('"upload-test"', text)
        same = difference.remarks(SOURCE, {}, FOUND | {'name': 'installer'})
        self.assertEqual([], same)
        options = {'image_name': 'upload-test'}
        self.assertEqual([], difference.remarks(SOURCE, options, FOUND))


class RenamedTest(base.TestCase):
    def test_name_that_was_made_answers_to_the_one_it_stands_for(self) -> None:
        for name in ('x', 'n' * 255, 'a (2)', 'a.*('):
            found = FOUND | {'name': difference.renamed(name, 7)}
            self.assertLessEqual(len(found['name']), 255)
            options = {'image_name': name, 'on_conflict': 'rename'}
            self.assertEqual(
                [], difference.differences(SOURCE, options, found)
            )
