# SPDX-License-Identifier: Apache-2.0

"""Tests of the order in which replications are claimed, and of the limits."""

from datetime import timedelta
from typing import Any
import uuid

from oslo_utils import timeutils

from glint import conf
from glint import states
from glint.db import image_copy as db_image_copy
from glint.db import models
from glint.db import replication as db_replication
from glint.db.queue import health as db_health
from glint.db.queue import lease
from glint.db.queue import turn
from glint.tests.unit.db import base

GIB = 2**30


class TestCase(base.TestCase):
    """Replications of several projects between the same sites.

    :ivar places: from the ids of sites to those of credentials.
    """

    def setUp(self) -> None:
        super().setUp()
        self.config(
            group='queue',
            max_copies_to_site=0,
            max_reads_from_site=0,
            max_copies_per_project=0,
        )
        self.places = {}
        for _number in range(3):
            site_id = self.add_site().id
            self.places[site_id] = self.add_credential(site_id).id
        self.source_id, self.west_id, self.east_id = self.places

    def queue(
        self, project_id: str = 'p', *site_ids: str, **values: Any
    ) -> str:
        """Ask for a replication.

        :param site_ids: the targets, west by default.
        :returns: its id.
        """
        made, _new = db_replication.create(
            self.context,
            **{
                'targets': {
                    site_id: self.places[site_id]
                    for site_id in site_ids or [self.west_id]
                },
                'project_id': project_id,
                'user_id': 'u',
                'image_id': str(uuid.uuid4()),
                'source_site_id': self.source_id,
                'source_credential_id': self.places[self.source_id],
                'options': {},
                **values,
            },
        )
        return made.id

    def next(self) -> str | None:
        """:returns: the id of the replication whose turn it is."""
        found = turn.due(self.context, 1)
        return found[0] if found else None

    def work(self, workers: int = 1) -> list[str]:
        """Claim and complete all there is, as one conductor does.

        :param workers: how many copies it runs, the oldest ends first.
        :returns: the projects, in the order in which they were served.
        """
        served = []
        running: list[lease.ImageCopy] = []
        while True:
            while len(running) < workers and (head := self.next()):
                running += self.claim(head, limit=workers - len(running))
                served.append(self.replication(head).project_id)
            if not running:
                return served
            lease.complete(self.context, running.pop(0), outcome=states.COPIED)


class FairnessTestCase(TestCase):
    def test_single_copy_does_not_wait_for_many_of_another_project(
        self,
    ) -> None:
        for _number in range(30):
            self.queue('many')
        self.queue('one')
        self.assertIn('one', self.work()[:2])

    def test_project_with_least_running_comes_first(self) -> None:
        for _number in range(8):
            self.queue('many')
        for _number in range(3):
            self.claim(turn.due(self.context, 1)[0])
        single = self.queue('one')
        self.assertEqual(single, self.next())
        self.claim(single)
        self.assertEqual('many', self.replication(self.next()).project_id)

    def test_projects_take_turns_on_one_worker(self) -> None:
        for _number in range(6):
            self.queue('a')
        for project_id in ('b', 'b', 'b', 'c', 'c'):
            self.queue(project_id)
        served = self.work()
        self.assertEqual(['a', 'b', 'c'], sorted(served[:3]))
        self.assertEqual(['a', 'b', 'c'], sorted(served[3:6]))
        self.assertEqual(['a', 'b'], sorted(served[6:8]))

    def test_workers_are_shared_alike(self) -> None:
        for _number in range(20):
            self.queue('a')
        for _number in range(20):
            self.queue('b')
        served = self.work(workers=8)
        self.assertEqual(4, served[:8].count('a'))

    def test_each_round_names_a_project_once(self) -> None:
        for project_id in ('a', 'a', 'b', 'b'):
            self.queue(project_id)
        projects = [
            self.replication(found).project_id
            for found in turn.due(self.context, 10)
        ]
        self.assertEqual(['a', 'b'], projects)

    def test_who_was_tried_in_vain_holds_up_nobody(self) -> None:
        first, second = self.queue(), self.queue()
        self.assertEqual([first], turn.due(self.context, 9))
        self.assertEqual([second], turn.due(self.context, 9, [first]))
        self.assertEqual([], turn.due(self.context, 9, [first, second]))

    def test_dead_site_costs_others_no_turn(self) -> None:
        for _number in range(20):
            self.queue('p', self.west_id)
        east = self.queue('p', self.east_id)
        other = self.queue('other', self.east_id)
        for _number in range(conf.CONF.conductor.breaker_failures):
            db_health.failed(self.context, self.west_id, 'It is down.')
        self.assertEqual([east, other], turn.due(self.context, 2))
        self.claim(east)
        self.claim(other)
        self.assertEqual([], turn.due(self.context, 9))

    def test_partly_claimed_replication_has_its_turn_again(self) -> None:
        both = self.queue('p', self.west_id, self.east_id)
        self.claim(both, limit=1)
        self.assertEqual([both], turn.due(self.context, 9))
        # Also while one of its copies is being cancelled.
        [held] = [
            copy for copy in self.copies(both) if copy.state == states.COPYING
        ]
        db_image_copy.cancel(self.context, both, held.id)
        self.assertEqual([both], turn.due(self.context, 9))


class SizeTestCase(TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.config(group='queue', size_delay=10)

    def set_size(self, replication_id: str, gib: int) -> bool:
        return db_replication.set_image(
            self.context, replication_id, 'x', gib * GIB
        )

    def age(self, replication_id: str, seconds: int) -> None:
        row = self.replication(replication_id)
        self.set_columns(
            models.Replication,
            replication_id,
            turn_at=row.turn_at - timedelta(seconds=seconds),
        )

    def test_small_goes_before_huge(self) -> None:
        huge, small = self.queue(), self.queue()
        self.assertEqual(huge, self.next())
        self.assertTrue(self.set_size(huge, 100))
        self.assertTrue(self.set_size(small, 1))
        self.assertEqual(small, self.next())

    def test_huge_that_has_waited_goes_before_small(self) -> None:
        huge, small = self.queue(), self.queue()
        self.set_size(huge, 100)
        self.set_size(small, 1)
        self.age(huge, 1000)
        self.assertEqual(huge, self.next())

    def test_size_counts_once(self) -> None:
        huge = self.queue()
        self.assertTrue(self.set_size(huge, 100))
        before = self.replication(huge).turn_at
        self.assertFalse(self.set_size(huge, 100))
        self.assertEqual(before, self.replication(huge).turn_at)

    def test_size_of_little_importance_is_not_worth_a_change(self) -> None:
        self.assertFalse(
            db_replication.set_image(self.context, self.queue(), 'x', 2**20)
        )

    def test_huge_is_overtaken_by_what_waits_in_the_project(self) -> None:
        huge = self.queue()
        self.claim(huge)
        self.set_size(huge, 100)
        self.queue('other')
        self.assertFalse(turn.is_overtaken(self.context, huge))
        self.queue()
        self.assertTrue(turn.is_overtaken(self.context, huge))

    def test_huge_is_overtaken_by_what_waits_for_its_place(self) -> None:
        self.config(group='queue', max_copies_to_site=1)
        huge = self.queue()
        self.claim(huge)
        self.set_size(huge, 100)
        self.queue()
        self.assertTrue(turn.is_overtaken(self.context, huge))

    def test_huge_is_not_overtaken_by_what_could_not_run(self) -> None:
        huge = self.queue('p', self.east_id)
        self.claim(huge)
        self.set_size(huge, 100)
        self.queue()
        for _number in range(conf.CONF.conductor.breaker_failures):
            db_health.failed(self.context, self.west_id, 'It is down.')
        self.assertFalse(turn.is_overtaken(self.context, huge))

    def test_retried_replication_queues_up_behind(self) -> None:
        failed = self.queue()
        [copy] = self.claim(failed)
        lease.fail(self.context, copy, base.ERROR)
        self.age(failed, 3600)
        waiting = self.queue()
        db_image_copy.retry(
            self.context,
            failed,
            self.places[self.source_id],
            {copy.id: copy.credential_id},
        )
        self.assertEqual([waiting, failed], self.due())


class PriorityTestCase(TestCase):
    def test_urgent_goes_before_all_and_low_after_all(self) -> None:
        low = self.queue('a', priority=2)
        normal = [self.queue('a'), self.queue('b')]
        high = self.queue('b', priority=0)
        self.assertEqual(high, self.next())
        self.claim(high)
        for _number in normal:
            found = self.next()
            self.assertIn(found, normal)
            self.claim(found)
        self.assertEqual(low, self.next())


class LimitTestCase(TestCase):
    def held(self) -> list[models.ImageCopy]:
        return [
            row
            for row in self.rows()['copies']
            if row['state'] == states.COPYING
        ]

    def test_no_more_copies_run_to_a_site_than_may(self) -> None:
        self.config(group='queue', max_copies_to_site=2)
        ids = [self.queue(str(n), self.west_id) for n in range(3)]
        east = self.queue('p', self.east_id)
        self.assertEqual([1, 1, 0], [len(self.claim(each)) for each in ids])
        # What waits is not looked at; what may run is.
        self.assertEqual([east], turn.due(self.context, 9))

    def test_copies_to_other_sites_go_on_without(self) -> None:
        self.config(group='queue', max_copies_to_site=1)
        self.claim(self.queue('a', self.west_id))
        both = self.queue('b', self.west_id, self.east_id)
        [copy] = self.claim(both)
        self.assertEqual(self.east_id, copy.target_site_id)
        self.assertEqual([], turn.due(self.context, 9))

    def test_no_more_images_are_read_from_a_site_than_may(self) -> None:
        self.config(group='queue', max_reads_from_site=1)
        # They are read once for both.
        self.assertEqual(
            2, len(self.claim(self.queue('a', self.west_id, self.east_id)))
        )
        other = self.queue('b')
        self.assertEqual([], turn.due(self.context, 9))
        self.assertEqual([], self.claim(other))

    def test_no_more_copies_of_a_project_run_than_may(self) -> None:
        self.config(group='queue', max_copies_per_project=3)
        first = self.queue('a', self.west_id, self.east_id)
        second = self.queue('a', self.west_id, self.east_id)
        other = self.queue('b')
        self.assertEqual(2, len(self.claim(first)))
        self.assertEqual(1, len(self.claim(second)))
        self.assertEqual([], self.claim(second))
        self.assertEqual([other], turn.due(self.context, 9))

    def test_end_of_a_copy_makes_room(self) -> None:
        self.config(group='queue', max_copies_to_site=1)
        [copy] = self.claim(self.queue())
        second = self.queue()
        self.assertIsNone(self.next())
        lease.complete(self.context, copy, outcome=states.COPIED)
        self.assertEqual(second, self.next())


class TogetherTestCase(TestCase):
    """Several conductors at the same moment."""

    CONDUCTORS = 6

    def race(self, most: int) -> None:
        """Claim and complete everything, and look at each moment's count."""

        def work(name: str) -> list[tuple[str, str]]:
            done = []
            while waiting := turn.due(self.context, 4):
                for replication_id in waiting:
                    for copy in self.claim(replication_id, name, 4):
                        done.append((copy.id, name))
                        lease.complete(
                            self.context, copy, outcome=states.COPIED
                        )
            return done

        claims = self.together(
            *(lambda n=n: work(f'c{n}') for n in range(self.CONDUCTORS))
        )
        done = [copy_id for found in claims for copy_id, _name in found]
        rows = self.rows()
        self.assertEqual(
            sorted(row['id'] for row in rows['copies']), sorted(done)
        )
        self.assertEqual({1}, {row['attempts'] for row in rows['copies']})
        self.assertLessEqual(self.peak(rows['attempts']), most)

    def peak(self, attempts: list[dict[str, Any]]) -> int:
        """:returns: how many copies ran at the same moment."""
        moments = sorted(
            [(row['started_at'], 1) for row in attempts]
            + [(row['finished_at'], -1) for row in attempts]
        )
        running, peak = 0, 0
        for _moment, change in moments:
            running += change
            peak = max(peak, running)
        return peak

    def test_site_gets_no_more_copies_than_may_run(self) -> None:
        self.config(group='queue', max_copies_to_site=2)
        for number in range(12):
            self.queue(str(number % 3))
        self.race(2)

    def test_project_gets_no_more_copies_than_may_run(self) -> None:
        self.config(group='queue', max_copies_per_project=3)
        for _number in range(8):
            self.queue('p', self.west_id, self.east_id)
        self.race(3)

    def test_site_is_read_no_more_often_than_may_be(self) -> None:
        self.config(group='queue', max_reads_from_site=2)
        for number in range(12):
            self.queue(str(number))
        self.race(2)

    def test_claims_of_all_at_once_stay_within_the_limit(self) -> None:
        self.config(group='queue', max_copies_to_site=5)
        ids = [self.queue(str(number)) for number in range(12)]
        claims = self.together(
            *(lambda i=i: self.claim(i, f'of {i}') for i in ids)
        )
        self.assertEqual(5, sum(map(len, claims)))

    def test_least_served_project_comes_soon_whoever_claims(self) -> None:
        self.config(group='queue', max_copies_to_site=4)
        for _number in range(40):
            self.queue('many')
        self.queue('one')
        self.race(4)
        rows = self.rows()
        [single] = [
            row['id']
            for row in rows['replications']
            if row['project_id'] == 'one'
        ]
        [copy] = [
            row for row in rows['copies'] if row['replication_id'] == single
        ]
        before = [
            row
            for row in rows['copies']
            if row['started_at'] < copy['started_at']
        ]
        # Each conductor may have chosen before it was its turn.
        self.assertLessEqual(len(before), 2 * self.CONDUCTORS)


class FormerTestCase(TestCase):
    def test_replication_of_a_former_release_goes_first(self) -> None:
        self.queue()
        former = self.queue()
        self.set_columns(
            models.Replication,
            former,
            turn_at=timeutils.parse_strtime(
                '2000-01-01 00:00:00', '%Y-%m-%d %H:%M:%S'
            ),
        )
        self.assertEqual(former, self.next())
