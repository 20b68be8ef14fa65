# SPDX-License-Identifier: Apache-2.0

"""Tests of the processes that run."""

from datetime import timedelta
from typing import Any

from oslo_utils import timeutils

from glint.db import models
from glint.db.queue import service
from glint.tests.unit.db import base


class TestCase(base.TestCase):
    def renew(self, process_id: str, **values: Any) -> None:
        columns = {
            'name': 'glint-conductor',
            'host': 'c1',
            'pid': 7,
            'version': '1.2',
            'conductor': True,
            **values,
        }
        service.renew(self.context, process_id, **columns)

    def silence(self, process_id: str, seconds: float) -> None:
        """Let a process have said nothing for so long."""
        self.set_columns(
            models.Service,
            process_id,
            seen_at=timeutils.utcnow() - timedelta(seconds=seconds),
        )

    def states(self) -> list[tuple[str, int, str]]:
        return [
            (found.host, found.pid, found.state)
            for found in service.index(self.context)
        ]

    def test_conductor_is_listed_with_its_copies(self) -> None:
        self.claim(self.replicate(targets=2).id)
        self.renew('p1')
        [found] = service.index(self.context)
        self.assertEqual(
            ('glint-conductor', 'c1', 7, '1.2', 'up', 2),
            found[:6],
        )
        self.assertLess(found.last_seen, 60)

    def test_api_process_has_no_copies(self) -> None:
        self.renew('p1', name='glint-api', conductor=False)
        [found] = service.index(self.context)
        self.assertIsNone(found.copies)

    def test_silent_process_is_down_until_it_renews(self) -> None:
        self.renew('p1')
        self.silence('p1', 91)
        self.assertEqual([('c1', 7, 'down')], self.states())
        self.renew('p1')
        self.assertEqual([('c1', 7, 'up')], self.states())

    def test_successor_takes_the_place_of_a_dead_process(self) -> None:
        for process_id, host in (('p1', 'c1'), ('p2', 'c2')):
            self.renew(process_id, host=host)
            self.silence(process_id, 91)
        self.renew('p3', pid=8)
        self.assertEqual([('c1', 8, 'up'), ('c2', 7, 'down')], self.states())

    def test_processes_of_one_host_are_listed_each(self) -> None:
        for number in range(3):
            self.renew(f'p{number}', pid=number)
        self.assertEqual(
            [('c1', number, 'up') for number in range(3)], self.states()
        )

    def test_dead_process_is_forgotten_after_a_day(self) -> None:
        self.renew('p1', host='elsewhere')
        self.silence('p1', 86401)
        self.renew('p2')
        self.assertEqual([('c1', 7, 'up')], self.states())

    def test_process_that_ends_is_listed_no_more(self) -> None:
        self.renew('p1')
        service.remove(self.context, 'p1')
        self.assertEqual([], self.states())
