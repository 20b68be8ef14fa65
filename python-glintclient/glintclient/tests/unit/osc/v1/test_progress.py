# SPDX-License-Identifier: Apache-2.0

"""How far the copies are, on a terminal and elsewhere."""

import io
import re
from typing import Any

import fixtures
from oslotest import base

from glintclient.osc.v1 import progress
from glintclient.tests.unit import base as unit
from glintclient.v1 import replication as _replication

_COPY = unit.sample('copy-index-response')['copies'][0]


class _Terminal(io.StringIO):
    encoding = 'utf-8'

    def isatty(self) -> bool:
        return True


class _Names:
    def name(self, site_id: str) -> str:
        return {'w': 'west', 's': 'south-2'}.get(site_id, 'north')


def _replication_of(*copies: dict[str, Any]) -> _replication.Replication:
    return _replication.Replication(
        copies=[_COPY | {'id': str(i)} | copy for i, copy in enumerate(copies)]
    )


class TestProgress(base.BaseTestCase):
    def test_line_of_a_moving_copy(self) -> None:
        (copy,) = _replication_of({}).copies
        self.assertEqual(
            'sending, 35 %, 128.0 MiB of 360.0 MiB, 50.0 MiB/s, 0:05 left',
            progress.describe(copy),
        )

    def test_lines_of_others(self) -> None:
        error = {'detail': 'It is full.'}
        full, later = ({'detail': error['detail']}, {'detail': 'Later.'})
        for fields, text in (
            ({'state': 'queued'}, 'queued'),
            ({'state': 'queued', 'waits_for': None}, 'queued'),
            ({'state': 'queued', 'waits_for': [later]}, 'queued, Later.'),
            ({'state': 'queued', 'error': error}, 'queued, It is full.'),
            (
                {
                    'state': 'queued',
                    'error': error,
                    'waits_for': [full, later],
                },
                'queued, It is full. Later.',
            ),
            ({'state': 'copying', 'bytes_sent': 0}, 'sending'),
            ({'state': 'copying', 'phase': None, 'bytes_sent': 0}, 'copying'),
            ({'state': 'error', 'error': error}, 'error, It is full.'),
            (
                {'state': 'completed', 'outcome': 'adopted'},
                'adopted, verified',
            ),
            (
                {
                    'state': 'completed',
                    'outcome': 'skipped',
                    'notes': ['It has another one.'],
                },
                'skipped, It has another one.',
            ),
            ({'state': 'cancelling'}, 'cancelling'),
        ):
            (copy,) = _replication_of(fields).copies
            self.assertEqual(text, progress.describe(copy))

    def test_bars_stay_where_they_are(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable('COLUMNS', '100'))
        terminal = _Terminal()
        view = progress.view(terminal, _Names())
        view.show(
            _replication_of(
                {'target_site_id': 'w'},
                {'target_site_id': 's', 'state': 'queued', 'bytes_sent': 0},
            )
        )
        west, south, _ = terminal.getvalue().split('\n')
        self.assertEqual(f'west     {"█" * 7}{"░" * 13}', west[4:33])
        self.assertIn(f'south-2  {"░" * 20}  queued', south)
        terminal.truncate(0)
        view.show(
            _replication_of(
                {'state': 'completed', 'outcome': 'copied'},
                {'state': 'cancelled'},
            )
        )
        text = terminal.getvalue().lstrip('\0')
        self.assertTrue(text.startswith('\x1b[2A\r\x1b[K'), repr(text))
        self.assertIn(f'{"█" * 20}  copied, verified', text)

    def _shown(self, width: int, **fields: Any) -> list[str]:
        """Show a copy on a terminal of a width."""
        self.useFixture(fixtures.EnvironmentVariable('COLUMNS', str(width)))
        terminal = _Terminal()
        terminal.encoding = fields.pop('encoding', 'utf-8')
        progress.view(terminal, _Names()).show(_replication_of(fields))
        return terminal.getvalue().replace('\r\x1b[K', '').splitlines()

    def test_bar_goes_first_and_then_the_rate(self) -> None:
        moving = 'sending, 35 %, 128.0 MiB of 360.0 MiB'
        bar = f'{"█" * 7}{"░" * 13}'
        for width, line in (
            (120, f'north  {bar}  {moving}, 50.0 MiB/s, 0:05 left'),
            (80, f'north  {moving}, 50.0 MiB/s, 0:05 left'),
            (64, f'north  {moving}, 0:05 left'),
        ):
            self.assertEqual([line], self._shown(width))

    def test_reason_is_shown_to_its_end(self) -> None:
        reason = 'The site is full. ' * 12 + 'Ask its operator.'
        for width in (0, 10, 40, 80, 300):
            lines = self._shown(width, state='error', error={'detail': reason})
            self.assertIn('error', lines[0])
            self.assertIn(reason, ' '.join(line.strip() for line in lines))
            longest = max(map(len, lines))
            self.assertLess(longest, max(width or 80, 21), lines)

    def test_lines_that_are_not_needed_any_more_go(self) -> None:
        terminal = _Terminal()
        view = progress.view(terminal, _Names())
        waits = {'detail': 'The site does not answer. ' * 8}
        view.show(_replication_of({'state': 'queued', 'waits_for': [waits]}))
        height = terminal.getvalue().count('\n')
        self.assertGreater(height, 1)
        terminal.truncate(0)
        view.show(_replication_of({}))
        text = terminal.getvalue().lstrip('\0')
        self.assertTrue(text.startswith(f'\x1b[{height}A\r\x1b[K'), repr(text))
        self.assertTrue(text.endswith('left\n\x1b[J'), repr(text))

    def _several(self, *states: str) -> list[_replication.Replication]:
        """Make a replication for each state, of an image of that number."""
        return [
            _replication.Replication(
                image_name=f'i{number}',
                copies=[_COPY | {'id': str(number), 'state': state}],
            )
            for number, state in enumerate(states)
        ]

    def test_several_are_told_by_their_images(self) -> None:
        output = io.StringIO()
        view = progress.view(output, _Names())
        view.show(*self._several('queued', 'queued'))
        view.show(*self._several('queued', 'cancelled'))
        self.assertEqual(
            [
                'i0: north: queued',
                'i1: north: queued',
                'i1: north: cancelled',
            ],
            output.getvalue().splitlines(),
        )

    def test_those_that_ended_make_room(self) -> None:
        for name, size in (('COLUMNS', '80'), ('LINES', '5')):
            self.useFixture(fixtures.EnvironmentVariable(name, size))
        for states, shown in (
            (('completed', 'queued', 'error', 'queued'), '0 1 2 3'),
            (('completed', 'queued', 'error', 'queued', 'queued'), '1 3 4'),
            (('queued',) * 9, '0 1 2'),
        ):
            terminal = _Terminal()
            view = progress.view(terminal, _Names())
            view.show(*self._several(*states))
            found = re.findall(r'i(\d): ', terminal.getvalue())
            self.assertEqual(shown.split(), found)
            more = len(states) - len(found)
            self.assertEqual(
                bool(more), f'... and {more} more' in terminal.getvalue()
            )
            height = terminal.getvalue().count('\n')
            self.assertLess(height, 5)
            view.show(*self._several('queued'))
            self.assertIn(f'\x1b[{height}A', terminal.getvalue())

    def test_bar_fits_the_encoding_of_the_terminal(self) -> None:
        (line,) = self._shown(120, encoding='ascii')
        self.assertIn('#######.............', line)

    def test_plain_lines_come_with_news_only(self) -> None:
        output = io.StringIO()
        view = progress.view(output, _Names())
        for sent in (134217728, 134217729, 234217728):
            view.show(_replication_of({'bytes_sent': sent}))
        lines = output.getvalue().splitlines()
        self.assertEqual(2, len(lines), lines)
        self.assertTrue(lines[0].startswith('north: sending, 35 %'), lines)
        self.assertTrue(lines[1].startswith('north: sending, 62 %'), lines)

    def test_plain_lines_tell_another_reason_to_wait(self) -> None:
        output = io.StringIO()
        view = progress.view(output, _Names())
        for reason, detail in (('a', '1.'), ('a', '2.'), ('b', '3.')):
            wait = {'reason': reason, 'detail': detail}
            view.show(
                _replication_of({'state': 'queued', 'waits_for': [wait]})
            )
        self.assertEqual(
            ['north: queued, 1.', 'north: queued, 3.'],
            output.getvalue().splitlines(),
        )
