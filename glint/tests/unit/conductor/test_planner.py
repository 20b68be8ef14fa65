# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

from typing import Any

from glint.conductor import planner
from glint.tests import base
from glint.tests.unit.conductor import glance
from glint.tests.unit.image import cloud

DATA = b'some bytes'


class PlannerTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.west = self.useFixture(glance.Glance())
        # A record of the source, which is no cloud of its own here.
        self.source = glance.Glance().add(cloud.IMAGE_ID, DATA)

    def _plan(self, **options: Any) -> planner.Plan:
        return planner.make(self.west.session(), self.source, options, {})

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

    def test_refused_format_is_blocked_with_the_formats_taken(self) -> None:
        self.west.formats = ['qcow2', 'vmdk']
        plan = self._plan()
        self.assertEqual(planner.BLOCKED, plan.action)
        self.assertIn('qcow2, vmdk', plan.refusal.detail)

    def test_same_name_is_no_conflict_unless_asked_for(self) -> None:
        self.west.add('there', b'other bytes')
        self.assertEqual(planner.COPY, self._plan().action)

    def test_same_name_is_a_conflict_on_request(self) -> None:
        self.west.add('there', b'other bytes')
        for policy in (planner.SKIP, planner.FAIL):
            plan = self._plan(on_conflict=policy)
            self.assertEqual(planner.CONFLICT, plan.action)
            self.assertIn('an image', plan.refusal.detail)

    def test_own_leftover_is_no_conflict(self) -> None:
        markers = {'glint_replication_id': 'ours'}
        self.west.add('left', b'', status='queued', **markers)
        plan = planner.make(
            self.west.session(), self.source, {'on_conflict': 'fail'}, markers
        )
        self.assertEqual(planner.COPY, plan.action)

    def test_same_name_is_avoided_on_request(self) -> None:
        self.west.add('1', b'other bytes')
        self.west.add('2', b'still others', name='an image (2)')
        plan = self._plan(on_conflict=planner.RENAME)
        self.assertEqual(
            (planner.COPY, 'an image (3)'), (plan.action, plan.body['name'])
        )
        self.assertIn('an image (3)', plan.notes[-1])
