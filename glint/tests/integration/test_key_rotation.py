# SPDX-License-Identifier: Apache-2.0

"""Keys that change while Glint works."""

import os

from glint.tests.integration import base


class KeyRotationTest(base.TestCase):
    def test_rotations_are_noticed_by_nobody(self) -> None:
        self.stack.start_conductor()
        keys = self.stack.folder / 'keys'
        first = (keys / '1').read_bytes()
        sites = [self.add_site(self.lab.clouds[1])]
        image_id, digest = self.make_image(64 * base.MIB)
        self.addCleanup(self.remove_made, image_id)
        replications = []
        for number in range(3):
            replications.append(self.replicate(image_id, sites[-1]))
            self.stack.manage('credential', 'rotate')
            # Checked at its site by a conductor, with the new key.
            sites.append(self.add_site(self.lab.clouds[1 + number % 2]))
            self.stack.manage('credential', 'migrate')
            replications.append(self.replicate(image_id, sites[-1]))
        for replication_id in replications:
            done = self.await_state(replication_id, 'completed')
            (copy,) = done['copies']
            self.assertEqual(1, copy['attempts'])
        self.assertEqual(['0', '3', '4'], sorted(os.listdir(keys)))
        self.assertNotIn(first, [f.read_bytes() for f in keys.iterdir()])
        (key_ids,) = self.stack.rows(
            'SELECT COUNT(DISTINCT key_id) FROM credentials'
        )
        self.assertEqual(1, key_ids[0])
        # The very first credential, by now with the fourth key.
        self.remove_made(image_id)
        last = self.replicate(image_id, sites[0])
        self.await_state(last, 'completed')
        (made,) = self.made_from(self.lab.clouds[1], image_id)
        self.assertEqual(digest, made.os_hash_value)
