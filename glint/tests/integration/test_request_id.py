# SPDX-License-Identifier: Apache-2.0

"""A request is found in all logs by its id."""

import re
import uuid

from glint.tests import waiting
from glint.tests.integration import base


class RequestIdTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.conductor = self.stack.start_conductor()
        self.west = self.add_site(self.lab.clouds[1])

    def lines(self, name: str, words: str) -> list[str]:
        """Return the lines of a log that have some words in them."""
        log = self.stack.log_file(name).read_text()
        return [line for line in log.splitlines() if words in line]

    def post(
        self, path: str, status: int, **body: object
    ) -> dict[str, object]:
        self.ours = f'req-{uuid.uuid4()}'
        answer = self.glint.post(
            path, json=body, headers={'X-OpenStack-Request-ID': self.ours}
        )
        self.assertEqual(status, answer.status_code, answer.text)
        self.theirs = answer.headers['X-Openstack-Request-Id']
        return answer.json()

    def test_copy_is_found_in_all_logs_by_the_id_of_its_request(self) -> None:
        image_id, _digest = self.make_image(base.MIB)
        self.addCleanup(self.remove_made, image_id)
        replication_id = self.replicate(image_id, self.west)
        done = self.await_state(replication_id, 'completed')
        copy_id = done['copies'][0]['id']
        # Who knows the caller's own id finds the other one.
        self.assertNotEqual(
            [], [x for x in self.lines('api', self.ours) if self.theirs in x]
        )
        mine = self.lines('conductor', self.theirs)
        levels = [x for x in mine if ' INFO ' in x]
        words = (
            rf'Completed, copied: .*copy {copy_id}, '
            rf'replication {replication_id}, attempt 1'
        )
        [told] = [line for line in levels if re.search(words, line)]
        # With user and project, as oslo.log writes them.
        owner = f'{done["user_id"]} {done["project_id"]}'
        self.assertIn(owner, told)
        # What was asked of both sites on the way, in whichever thread.
        for cloud in self.lab.clouds[:2]:
            asked = [line for line in mine if cloud.image_url in line]
            self.assertNotEqual([], asked)
        # The copier's lines have both.
        self.assertEqual([], [line for line in mine if self.ours not in line])
        others = [
            line
            for line in self.lines('conductor', f'/v2/images/{image_id}')
            if self.theirs not in line
        ]
        self.assertEqual([], others)

    def test_question_to_a_conductor_is_found_by_both_ids(self) -> None:
        self.post(
            '/v1/replications?dry_run=true',
            200,
            image_id=self.lab.home.seed_image_id,
            target_site_ids=[self.west],
        )
        waiting.until(
            lambda: [
                line
                for line in self.lines('conductor', self.ours)
                if self.theirs in line and self.lab.clouds[1].image_url in line
            ],
            30,
            'line of the conductor with both ids',
        )

    def test_levels_below_debug_tell_a_copy_in_one_line(self) -> None:
        image_id, _digest = self.make_image(base.MIB)
        self.addCleanup(self.remove_made, image_id)
        replication_id = self.replicate(image_id, self.west)
        self.await_state(replication_id, 'completed')
        self.stack.stop(self.conductor)
        told = [
            line
            for line in self.lines('conductor', self.theirs)
            if ' DEBUG ' not in line
        ]
        self.assertEqual(1, len(told), told)
        self.assertIn('Completed, copied', told[0])
