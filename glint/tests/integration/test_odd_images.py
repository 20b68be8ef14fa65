# SPDX-License-Identifier: Apache-2.0

"""Images that a Glance on MariaDB answers with 500."""

from typing import Any

from glint.tests import noise
from glint.tests.functional import glance
from glint.tests.integration import mariadb_glance

#: What is one property to MariaDB, or too long for it.
ODD: tuple[dict[str, str], ...] = (
    {'OS_Distro': 'debian', 'os_distro': 'debian'},
    {'key': '1', 'key ': '2'},
    {'m\u00e4rz': '1', 'marz': '2'},
    {'long': 'x' * 65_536},
)
#: How many copies of each make so many failures that a site would be silent.
_TIMES = 2


class OddImageTest(glance.TestCase):
    """From the home site to a site that keeps its records in MariaDB."""

    DEFAULT_TIMEOUT = 300
    GLANCE = mariadb_glance.Glance

    def setUp(self) -> None:
        super().setUp()
        self.config(
            group='conductor',
            breaker_failures=3,
            max_attempts=3,
            probe_delay=3600,
            max_probe_delay=3600,
            retry_delay=0.2,
        )

    def _health(self, site_id: str) -> Any:
        return self.call('GET', f'/v1/sites/{site_id}', 200).json['health']

    def test_odd_images_end_with_their_reason_and_hold_up_nobody(self) -> None:
        site_id = self.start_site()
        odd = [
            self.make_image(noise.make(300), **fields)
            for fields in ODD
            for _number in range(_TIMES)
        ]
        good = [self.make_image(noise.make(300)) for _number in range(3)]
        started = [self.start(image.id, site_id) for image in (*odd, *good)]
        ended = [self.end_of(made['id']) for made in started]
        for image, made in zip(odd, ended, strict=False):
            [copy] = made['copies']
            self.assertEqual(
                ('error', 3, 'unavailable', 500),
                (
                    copy['state'],
                    copy['attempts'],
                    copy['error']['code'],
                    copy['error']['http_status'],
                ),
            )
            [fields] = [f for f in ODD if f.keys() <= dict(image).keys()][:1]
            for name in fields:
                self.assertIn(f'"{name}"', copy['error']['detail'])
            self.assertIn('MariaDB', ' '.join(copy['notes']))
        for image, made in zip(good, ended[len(odd) :], strict=True):
            self.assert_completed(made, attempts=1)
            self.assert_copied(image, self.cloud)
        self.assertEqual('ok', self._health(site_id)['state'])
        # No record stayed behind.
        left = list(self.cloud.member.glance().images.list())
        self.assertEqual(
            len(good), len([i for i in left if i.visibility != 'public'])
        )

    def test_plan_names_the_properties(self) -> None:
        site_id = self.start_site()
        image = self.make_image(b'x', **ODD[0])
        [note] = self.plan(image.id, site_id)['notes']
        self.assertIn('"OS_Distro", "os_distro"', note)
