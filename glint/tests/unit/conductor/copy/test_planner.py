# SPDX-License-Identifier: Apache-2.0

import threading
from typing import Any

from glint.conductor.copy import planner
from glint.image import record
from glint.tests import base
from glint.tests.unit.conductor import glance
from glint.tests.unit.image import cloud

DATA = b'some bytes'
ORIGIN = record.Origin(replication_id='r', site_id='home-id')


class PlannerTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.west = self.useFixture(glance.Glance())
        # A record of the source, which is no cloud of its own here.
        self.source = glance.Glance().add(cloud.IMAGE_ID, DATA)

    def _plan(self, **options: Any) -> planner.Plan:
        return planner.make(self.west.session(), self.source, options, ORIGIN)

    def test_missing_image_is_copied(self) -> None:
        plan = self._plan()
        self.assertEqual((planner.COPY, len(DATA)), (plan.action, plan.size))
        self.assertEqual('an image', plan.body['name'])

    def test_same_content_is_adopted(self) -> None:
        self.west.add('there', DATA)
        plan = self._plan()
        self.assertEqual(
            (planner.ADOPT, 'there', 0),
            (plan.action, plan.image_id, plan.size),
        )

    def test_lists_are_asked_for_together(self) -> None:
        both = threading.Barrier(2)

        def answer(request: cloud.Request) -> None:
            if 'os_hash_value' in request.path:
                both.wait(20)
            self.west._list(request)

        self.west.on('GET', '/v2/images', answer)
        self.assertEqual(planner.COPY, self._plan().action)

    def test_refused_upload_with_same_hash_is_not_adopted(self) -> None:
        self.west.add('poisoned', DATA, status='queued')
        self.assertEqual(planner.COPY, self._plan().action)

    def test_same_content_of_other_size_is_not_adopted(self) -> None:
        self.west.add('odd', DATA, size=1)
        self.assertEqual(planner.COPY, self._plan().action)

    def test_same_content_of_other_id_is_copied_if_ids_are_preserved(
        self,
    ) -> None:
        self.west.add('there', DATA)
        self.assertEqual(planner.COPY, self._plan(preserve_id=True).action)

    def test_own_image_is_adopted_before_that_of_another(self) -> None:
        self.west.add('theirs', DATA, owner='another')
        self.west.add('mine', DATA, owner=cloud.PROJECT_ID)
        self.assertEqual(('mine', []), self._adopted())

    def _adopted(self) -> tuple[str | None, list[str]]:
        plan = self._plan()
        self.assertEqual(planner.ADOPT, plan.action)
        return plan.image_id, plan.notes

    def test_image_of_another_project_is_adopted_and_noted(self) -> None:
        for visibility in ('public', 'community'):
            self.west.images.clear()
            self.west.add(
                'theirs', DATA, owner='another', visibility=visibility
            )
            image_id, notes = self._adopted()
            self.assertEqual('theirs', image_id)
            self.assertIn('another project', notes[0])

    def test_what_another_project_has_for_itself_is_not_adopted(self) -> None:
        # An admin's token shows it.
        self.west.add('theirs', DATA, owner='another')
        for policy in ('copy', 'amend', 'adopt'):
            plan = self._plan(on_difference=policy)
            self.assertEqual((planner.COPY, []), (plan.action, plan.notes))

    def test_shared_image_is_adopted_once_it_is_accepted(self) -> None:
        self.west.add('theirs', DATA, owner='another', visibility='shared')
        path = f'/v2/images/theirs/members/{cloud.PROJECT_ID}'
        self.west.reply('GET', path, 200, {'status': 'pending'})
        self.assertEqual(planner.COPY, self._plan().action)
        self.west.reply('GET', path, 200, {'status': 'accepted'})
        self.assertEqual('theirs', self._adopted()[0])

    def test_of_many_that_are_shared_few_are_asked_about(self) -> None:
        for number in range(30):
            self.west.add(
                str(number), DATA, owner='another', visibility='shared'
            )
        self.assertEqual(planner.COPY, self._plan().action)
        asked = self.west.sent('GET', '/v2/images/[0-9]+/members/.*')
        self.assertEqual(10, len(asked))

    def test_hidden_image_is_adopted_and_noted(self) -> None:
        self.west.add('hidden', DATA, os_hidden=True)
        image_id, notes = self._adopted()
        self.assertEqual('hidden', image_id)
        self.assertIn('hidden', notes[0])

    def test_visible_image_is_adopted_before_a_hidden_one(self) -> None:
        self.west.add('hidden', DATA, os_hidden=True)
        self.west.add('there', DATA)
        self.assertEqual(('there', []), self._adopted())

    def test_adoption_asks_for_no_more_than_the_images(self) -> None:
        self.west.add('there', DATA)
        self._plan()
        self.assertEqual(2, len(self.west.sent('GET', '/v2/.*')))

    def test_copy_beside_another_image_asks_for_no_more_than_any(self) -> None:
        self._plan()
        usual = len(self.west.sent('GET', '/v2/.*'))
        self.west.add('there', DATA, disk_format='iso')
        self._plan()
        self.assertEqual(2 * usual, len(self.west.sent('GET', '/v2/.*')))

    def test_quota_blocks_before_a_byte_is_moved(self) -> None:
        self.west.reply(
            'GET',
            '/v2/info/usage',
            200,
            {'usage': {'image_count_total': {'usage': 1, 'limit': 1}}},
        )
        plan = self._plan()
        self.assertEqual(planner.BLOCKED, plan.action)
        self.assertIn('image_count_total', plan.refusal.detail)

    def test_refused_format_is_blocked_with_the_formats_taken(self) -> None:
        self.west.formats = ['qcow2', 'vmdk']
        plan = self._plan()
        self.assertEqual(planner.BLOCKED, plan.action)
        self.assertIn('qcow2, vmdk', plan.refusal.detail)

    def test_same_name_is_noted_unless_another_is_asked_for(self) -> None:
        self.assertEqual([], self._plan().notes)
        self.west.add('there', b'other bytes')
        plan = self._plan()
        self.assertEqual(planner.COPY, plan.action)
        self.assertEqual(
            ['Site west has another an image; you will have both.'],
            plan.notes,
        )
        self.assertEqual([], self._plan(image_name='new').notes)
        # What is others' own is shown to an admin.
        self.west.images['there']['owner'] = 'another'
        self.assertEqual([], self._plan().notes)

    def test_same_name_is_not_noted_where_an_image_is_adopted(self) -> None:
        self.west.add('other', b'other bytes')
        self.west.add('there', DATA)
        plan = self._plan()
        self.assertEqual(('there', []), (plan.image_id, plan.notes))

    def test_same_name_is_a_conflict_on_request(self) -> None:
        self.west.add('there', b'other bytes')
        plan = self._plan(on_conflict=planner.FAIL)
        # The command and the dashboard show it, too.
        self.assertNotRegex(plan.refusal.detail, 'image_name|on_conflict')
        self.assertEqual(planner.CONFLICT, plan.action)
        self.assertIn('an image', plan.refusal.detail)

    def test_same_name_is_skipped_on_request(self) -> None:
        self.assertEqual(planner.COPY, self._plan(on_conflict='skip').action)
        self.west.add('there', b'other bytes')
        plan = self._plan(on_conflict='skip')
        self.assertEqual(
            (planner.SKIP, None, 0, None),
            (plan.action, plan.image_id, plan.total, plan.refusal),
        )
        self.assertIn('another image named an image', plan.notes[0])
        # Nothing is to be made that the site could refuse.
        self.west.formats = ['qcow2']
        self.assertEqual(planner.SKIP, self._plan(on_conflict='skip').action)

    def test_own_leftover_is_no_conflict(self) -> None:
        self.west.add('left', b'', status='queued', glint_replication_id='r')
        self.assertEqual(planner.COPY, self._plan(on_conflict='fail').action)

    def test_same_name_is_avoided_on_request(self) -> None:
        self.west.add('1', b'other bytes')
        self.west.add('2', b'still others', name='an image (2)')
        plan = self._plan(on_conflict=planner.RENAME)
        self.assertEqual(
            (planner.COPY, 'an image (3)'), (plan.action, plan.body['name'])
        )
        self.assertIn('an image (3)', plan.notes[-1])


class DifferenceTest(base.TestCase):
    """The plan where the right bytes are not the right image."""

    def setUp(self) -> None:
        super().setUp()
        self.west = self.useFixture(glance.Glance())
        self.source = glance.Glance().add(
            cloud.IMAGE_ID, DATA, hw_cdrom_bus='sata'
        )

    def _add(self, image_id: str, **fields: Any) -> None:
        fields = {'owner': cloud.PROJECT_ID, 'name': 'upload-test'} | fields
        self.west.add(image_id, DATA, **fields)

    def _plan(self, **options: Any) -> planner.Plan:
        return planner.make(
            self.west.session(),
            self.source,
            options,
            ORIGIN,
            refused=lambda image_id: self.refused,
        )

    refused: dict[str, Any] = {}

    def test_copy_is_made_beside_it_and_says_why(self) -> None:
        self._add('there', disk_format='qcow2')
        plan = self._plan()
        self.assertEqual(planner.COPY, plan.action)
        self.assertEqual(
            'west has the same bytes as "upload-test" (there): disk_format '
            'qcow2, not raw; hw_cdrom_bus missing (sata). A copy is made '
            'beside it.',
            plan.notes[0],
        )

    def test_image_that_does_not_differ_comes_before_all_others(self) -> None:
        self._add('differs')
        self._add('right', hw_cdrom_bus='sata', os_hidden=True, owner='other')
        self.west.images['right']['visibility'] = 'public'
        plan = self._plan()
        self.assertEqual(
            (planner.ADOPT, 'right'), (plan.action, plan.image_id)
        )

    def test_it_is_adopted_with_its_differences_on_request(self) -> None:
        self._add('far', disk_format='qcow2')
        self._add('near')
        plan = self._plan(on_difference='adopt')
        self.assertEqual(
            (planner.ADOPT, 'near', {}),
            (plan.action, plan.image_id, plan.body),
        )
        self.assertIn('hw_cdrom_bus missing (sata)', plan.notes[0])
        self.assertIn('It is adopted as it is.', plan.notes[0])

    def test_it_is_amended_on_request(self) -> None:
        self._add('formats', disk_format='qcow2')
        self._add('there', min_disk=3, hw_x='y')
        plan = self._plan(on_difference='amend', image_name='new')
        changes = {
            'min_disk': 0,
            'hw_cdrom_bus': 'sata',
            'hw_x': None,
            'name': 'new',
        }
        self.assertEqual(
            (planner.ADOPT, 'there', changes, 0),
            (plan.action, plan.image_id, plan.body, plan.size),
        )
        self.assertIn('It is changed to what was asked for.', plan.notes[0])

    def test_what_cannot_be_amended_is_copied(self) -> None:
        self._add('formats', disk_format='qcow2')
        self._add('theirs', owner='another', visibility='public')
        plan = self._plan(on_difference='amend')
        self.assertEqual(planner.COPY, plan.action)
        self.assertIn('A copy is made beside it.', plan.notes[0])

    def test_what_the_site_refused_of_an_own_copy_is_no_difference(
        self,
    ) -> None:
        self.refused = {'hw_cdrom_bus': None}
        self._add('theirs', owner='another', visibility='public')
        self.assertEqual(planner.COPY, self._plan().action)
        self._add('there', name='an image')
        plan = self._plan()
        self.assertEqual(
            ('there', self.refused), (plan.image_id, plan.refused)
        )
        [note] = plan.notes
        self.assertIn('refused before: hw_cdrom_bus missing (sata)', note)
        # It may be asked again, but for what cannot be changed.
        self.refused = {'hw_cdrom_bus': None, 'id': cloud.IMAGE_ID}
        plan = self._plan(on_difference='amend', preserve_id=True)
        self.assertEqual(
            ('there', {'hw_cdrom_bus': 'sata'}), (plan.image_id, plan.body)
        )

    def test_conflict_of_names_goes_before_an_adoption(self) -> None:
        self._add('there', hw_cdrom_bus='sata')
        self.west.add('other', b'other bytes', name='an image')
        for policy, action in (
            (planner.SKIP, planner.SKIP),
            (planner.FAIL, planner.CONFLICT),
        ):
            plan = self._plan(on_conflict=policy)
            self.assertEqual(action, plan.action)
        plan = self._plan(on_conflict=planner.RENAME)
        self.assertEqual('there', plan.image_id)

    def test_image_that_differs_is_another_one_of_its_name(self) -> None:
        self._add('there', name='an image')
        plan = self._plan(on_conflict='fail')
        self.assertEqual(planner.CONFLICT, plan.action)
        self.assertIn('hw_cdrom_bus missing (sata).', plan.notes[0])
        plan = self._plan(on_conflict='rename')
        self.assertEqual(
            (planner.COPY, 'an image (2)'), (plan.action, plan.body['name'])
        )
        # Used after all, it is none.
        for policy in ('adopt', 'amend'):
            plan = self._plan(on_conflict='fail', on_difference=policy)
            self.assertEqual(planner.ADOPT, plan.action)

    def test_own_copy_is_no_conflict_with_itself(self) -> None:
        self._add('there', name='an image', hw_cdrom_bus='sata')
        self.assertEqual('there', self._plan(on_conflict='fail').image_id)

    def test_amended_name_that_is_taken_is_numbered_on_request(self) -> None:
        self._add('there', hw_cdrom_bus='sata')
        self.west.add('other', b'other bytes', name='new')
        asked = {'on_difference': 'amend', 'image_name': 'new'}
        plan = self._plan(on_conflict='fail', **asked)
        self.assertEqual(planner.CONFLICT, plan.action)
        plan = self._plan(on_conflict='rename', **asked)
        self.assertEqual(
            ('there', {'name': 'new (2)'}), (plan.image_id, plan.body)
        )

    def test_members_that_were_asked_for_are_told(self) -> None:
        self._add('there', name='an image', hw_cdrom_bus='sata')
        [note] = self._plan(members=True).notes
        self.assertIn('members', note)


class PartsTest(base.TestCase):
    """The plan for an image with a kernel."""

    def setUp(self) -> None:
        super().setUp()
        self.west = self.useFixture(glance.Glance())
        home = glance.Glance()
        self.source = home.add(
            cloud.IMAGE_ID,
            DATA,
            disk_format='ami',
            container_format='ami',
            kernel_id='k',
        )
        self.kernel = home.add(
            'k',
            b'kernel',
            name='a kernel',
            disk_format='aki',
            container_format='aki',
        )
        self.west.formats = ['ami', 'aki']
        self.west.container_formats = ['ami', 'aki']

    def _plan(self, **options: Any) -> planner.Plan:
        parts = {'kernel_id': self.kernel}
        return planner.make(
            self.west.session(), self.source, options, ORIGIN, parts
        )

    def test_missing_kernel_is_copied_and_counted(self) -> None:
        plan = self._plan()
        self.assertEqual(planner.COPY, plan.action)
        part = plan.parts['kernel_id']
        self.assertEqual(planner.COPY, part.action)
        self.assertEqual(len(DATA) + len(b'kernel'), plan.total)
        self.assertEqual('', plan.body['kernel_id'])
        self.assertEqual('a kernel', part.body['name'])
        self.assertEqual('k', part.body[record.SOURCE_ID])
        self.assertIn('kernel_id', ' '.join(plan.notes))

    def test_kernel_that_is_there_is_used(self) -> None:
        self._add_kernel('there')
        plan = self._plan()
        self.assertEqual('there', plan.body['kernel_id'])
        self.assertEqual(len(DATA), plan.total)

    def _add_kernel(self, image_id: str, **fields: Any) -> None:
        fields = {'disk_format': 'aki', 'container_format': 'aki'} | fields
        self.west.add(image_id, b'kernel', **fields)

    def _add_image(self, image_id: str, **fields: Any) -> None:
        fields = {'disk_format': 'ami', 'container_format': 'ami'} | fields
        self.west.add(image_id, DATA, owner=cloud.PROJECT_ID, **fields)

    def test_bytes_of_the_kernel_under_another_format_are_no_kernel(
        self,
    ) -> None:
        self.west.add('there', b'kernel')
        part = self._plan().parts['kernel_id']
        self.assertEqual(planner.COPY, part.action)

    def test_image_that_boots_from_the_same_kernel_is_adopted(self) -> None:
        self._add_kernel('one')
        self._add_kernel('two', owner='another', visibility='public')
        self._add_image('there', kernel_id='two')
        plan = self._plan()
        self.assertEqual(
            (planner.ADOPT, 'there'), (plan.action, plan.image_id)
        )

    def test_image_that_boots_from_another_kernel_is_copied(self) -> None:
        self._add_image('there', kernel_id='x')
        # Nor can it be amended, without the kernel.
        plan = self._plan(on_difference='amend')
        self.assertEqual(planner.COPY, plan.action)
        self.assertIn("kernel_id x, not the source's", plan.notes[0])
        self._add_kernel('one')
        plan = self._plan()
        self.assertEqual(planner.COPY, plan.action)
        plan = self._plan(on_difference='amend')
        self.assertEqual({'kernel_id': 'one'}, plan.body)

    def test_options_of_the_image_do_not_change_its_kernel(self) -> None:
        plan = self._plan(
            image_name='new', properties={'set': {'p': 'v'}}, preserve_id=True
        )
        body = plan.parts['kernel_id'].body
        self.assertEqual('a kernel', body['name'])
        self.assertNotIn('p', body)
        self.assertNotIn('id', body)

    def test_refused_kernel_blocks_the_image(self) -> None:
        self.west.formats = ['ami']
        plan = self._plan()
        self.assertEqual(planner.BLOCKED, plan.action)
        self.assertIn('aki', plan.refusal.detail)

    def test_total_of_unknown_sizes_is_unknown(self) -> None:
        self.kernel['size'] = None
        self.assertIsNone(self._plan().total)
