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


from unittest import mock

from oslo_db import exception as db_exception

from glint.conductor import run as runs
from glint.db import image_copy as db_image_copy
from glint.db import lease
from glint.db import takeover
from glint.image import interrupt as interrupts
from glint.tests.unit.conductor import base


class HoldTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.replication = self.replicate()
        self.run_, _source = self.claim(self.replication)

    def test_copy_that_is_ours_is_held_even_when_cancelled(self) -> None:
        self.run_.hold()
        db_image_copy.cancel(self.context, self.replication.id)
        self.run_.hold()
        self.assertTrue(self.run_.interrupt.is_set())

    def test_copy_of_another_conductor_is_not_held(self) -> None:
        takeover.requeue_lost(self.context, -1)
        self.claim(self.replication)
        error = self.assertRaises(interrupts.Interrupted, self.run_.hold)
        self.assertEqual(runs.LOST, error.reason)

    def test_without_database_it_is_held_as_long_as_the_lease(self) -> None:
        down = mock.patch.object(
            lease,
            'renew',
            autospec=True,
            side_effect=db_exception.DBConnectionError(),
        )
        with down:
            self.run_.hold()
            self.config(group='conductor', lease=1)
            self.run_._renewed_at -= 2
            self.assertRaises(interrupts.Interrupted, self.run_.hold)
