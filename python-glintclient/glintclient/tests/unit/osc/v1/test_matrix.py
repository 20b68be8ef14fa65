# SPDX-License-Identifier: Apache-2.0

"""openstack image replication matrix."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import fixtures

from glintclient.osc.v1 import matrix
from glintclient.tests.unit import base as unit
from glintclient.tests.unit.osc import base
from glintclient.tests.unit.v1 import test_image


class TestMatrix(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        copy = {'progress': 43}
        self.server.get(
            f'{base.base.V1}/images',
            json={
                'images': [
                    test_image.image(
                        'debian-13',
                        home={'state': 'in_sync', 'image_id': 'i'},
                        west={'state': 'copying', 'copy': copy},
                        east={'state': 'differs'},
                    ),
                    test_image.image(
                        'cirros',
                        home={'state': 'in_sync'},
                        west={'state': 'missing'},
                        east={'state': 'unverifiable'},
                    ),
                ],
                'links': [],
                'sites': [
                    test_image.site('home'),
                    test_image.site('west'),
                    test_image.site(
                        'east', state='unreachable', detail='Timed out.'
                    ),
                ],
            },
        )

    def test_table_has_a_column_for_each_site(self) -> None:
        code, text = self.run_command(matrix.ShowMatrix)
        self.assertEqual(0, code)
        lines = [
            [cell.strip() for cell in line.split('|')[1:-1]]
            for line in text.splitlines()
            if line.startswith('|')
        ]
        self.assertEqual(
            [
                ['Image', 'Size', 'home', 'west', 'east'],
                [
                    *('debian-13', '1.0 MiB', '✓', 'copying 43 %'),
                    'differs (unreachable)',
                ],
                [
                    *('cirros', '1.0 MiB', '✓', '-'),
                    'not verifiable (unreachable)',
                ],
            ],
            lines,
        )

    def test_queued_copy_tells_why_it_waits_once(self) -> None:
        waits = [
            {'reason': 'site_silent', 'detail': 'West is asked at noon.'},
            {'reason': 'target_full', 'detail': '4 of 4 copies run.'},
        ]
        copy = {'state': 'queued', 'progress': 0, 'waits_for': waits}
        cell = {'state': 'copying', 'copy': copy}
        self.server.get(
            f'{base.base.V1}/images',
            json={
                'images': [
                    test_image.image(name, west=cell)
                    for name in ('debian-13', 'cirros')
                ],
                'links': [],
                'sites': [test_image.site('west')],
            },
        )
        log = self.useFixture(fixtures.FakeLogger())
        text = self._show()
        self.assertRegex(text, r'debian-13 +\| 1.0 MiB \| queued')
        self.assertEqual(1, log.output.count('West is asked at noon.'))
        self.assertNotIn('4 of 4', log.output)

    def _show(self, *arguments: str, **options: Any) -> str:
        code, text = self.run_command(matrix.ShowMatrix, *arguments, **options)
        self.assertEqual(0, code)
        return text

    def test_formats_for_programs_have_words_without_signs(self) -> None:
        for choice, rows in (
            (
                'csv',
                [
                    '"debian-13","1048576","in_sync","copying",'
                    '"differs (unreachable)"',
                    '"cirros","1048576","in_sync","missing",'
                    '"unverifiable (unreachable)"',
                ],
            ),
            (
                'value',
                [
                    'debian-13 1048576 in_sync copying differs (unreachable)',
                    'cirros 1048576 in_sync missing unverifiable '
                    '(unreachable)',
                ],
            ),
        ):
            shown = self._show('-f', choice).splitlines()
            self.assertEqual(rows, shown[-2:])
        for row in self.json(matrix.ShowMatrix):
            self.assertEqual('in_sync', row['home']['state'])

    def test_filters_are_sent(self) -> None:
        north, _home = unit.sample('site-index-response')['sites']
        self.server.get(
            f'{unit.V1}/sites', json={'sites': [north], 'links': []}
        )
        for arguments, query in (
            ((), {}),
            (('--search', 'eb'), {'search': ['eb']}),
            (('--missing',), {'state': ['missing']}),
            (
                ('--missing', 'north'),
                {'state': ['missing'], 'site_id': [north['id']]},
            ),
            (
                ('--sort', 'size:desc'),
                {'sort_key': ['size'], 'sort_dir': ['desc']},
            ),
        ):
            self._show(*arguments)
            self.assertEqual(query, self.last_query())

    def test_terminal_that_lacks_the_mark_gets_a_word(self) -> None:
        for encoding in ('ascii', 'latin-1', 'cp1252'):
            text = self._show(encoding=encoding)
            self.assertRegex(text, r'debian-13 +\| 1.0 MiB \| yes +\| copying')
        self.assertIn('✓', self._show())

    def test_names_move_no_cursor(self) -> None:
        name = 'a\x1b[2J\u202eb\nc'
        shown = r'a\x1b[2J\u202eb\nc'
        self.server.get(
            f'{base.base.V1}/images',
            json={
                'images': [test_image.image(name, home={'state': 'in_sync'})],
                'links': [],
                'sites': [test_image.site('home'), test_image.site('Größe')],
            },
        )
        for choice in ('table', 'value'):
            self.assertIn(shown, self._show('-f', choice))
        # This format escapes backslashes once more.
        self.assertIn(shown.replace('\\', '\\\\'), self._show('-f', 'csv'))
        self.assertIn('Gr\\xf6\\xdfe', self._show(encoding='ascii'))
        (row,) = self.json(matrix.ShowMatrix)
        self.assertEqual(name, row['Image'])

    def test_age_of_the_oldest_listing_is_told(self) -> None:
        now = datetime.now(UTC)
        for minutes, told in (
            (1, ''),
            (12, 'west was asked for its images 12 minutes ago'),
            (130, '2 hours ago'),
            (60 * 24 * 3, '3 days ago'),
        ):
            self.server.get(
                f'{base.base.V1}/images',
                json={
                    'images': [],
                    'links': [],
                    'sites': [
                        test_image.site('home', listed_at=now.isoformat()),
                        test_image.site(
                            'west',
                            listed_at=(
                                now - timedelta(minutes=minutes)
                            ).isoformat(),
                        ),
                        test_image.site('east', listed_at=None),
                    ],
                },
            )
            with fixtures.FakeLogger() as logs:
                self._show()
            self.assertIn(told, logs.output)
            self.assertEqual(bool(told), '--refresh' in logs.output)

    def _sites(self) -> None:
        _north, home = unit.sample('site-index-response')['sites']
        self.server.get(
            f'{unit.V1}/sites',
            json={'sites': [home | {'id': 'home'}], 'links': []},
        )

    def test_ids_at_home_can_be_handed_on(self) -> None:
        self._sites()
        _code, text = self.run_command(
            *(matrix.ShowMatrix, '--long', '-f', 'value'),
            *('-c', 'Home Image ID'),
        )
        # A blank line names no image.
        self.assertEqual('i\n\n', text)

    def test_json_has_all_of_each_cell(self) -> None:
        self._sites()
        rows = self.json(
            matrix.ShowMatrix, '--long', '--refresh', '--name', 'x'
        )
        self.assertEqual(
            {'refresh': ['true'], 'name': ['x']}, self.last_query()
        )
        self.assertEqual('i', rows[0]['home']['image_id'])
        self.assertEqual(43, rows[0]['west']['copy']['progress'])
        self.assertEqual('unreachable', rows[0]['east']['site_state'])
        self.assertEqual('sha512:abababababababab', rows[0]['Hash'])

    def test_sites_of_one_name_get_columns_of_their_own(self) -> None:
        sites = [
            {'name': name, 'site_id': site_id}
            for name, site_id in (
                ('west', '1' * 36),
                ('west', '2' * 36),
                ('Size', '3' * 36),
            )
        ]
        self.assertEqual(
            ['west', 'west (22222222)', 'Size (33333333)'],
            matrix._headers(sites, ['Image', 'Size']),
        )
