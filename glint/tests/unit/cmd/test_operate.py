# SPDX-License-Identifier: Apache-2.0

"""Tests of the commands about conductors and stuck copies."""

from datetime import timedelta
import json
from typing import Any
from unittest import mock
import uuid

import fixtures
from oslo_utils import timeutils

from glint import states
from glint.cmd import manage
from glint.db import engine
from glint.db import models
from glint.db.queue import service as db_service
from glint.db.queue import takeover
from glint.tests.unit.cmd import base


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.manage('db', 'sync')

    def manage(self, *arguments: str) -> str:
        """:returns: what the command said."""
        ran = self.run_main(manage.main, *arguments)
        self.assertEqual(0, ran.code, ran)
        return ran.out

    def add(self, state: str, seconds: int = 0, **values: Any) -> str:
        """Add a copy that was last heard of some time ago.

        :returns: its id.
        """
        moment = timeutils.utcnow() - timedelta(seconds=seconds)
        replication = models.Replication(
            id=str(uuid.uuid4()),
            project_id='p',
            user_id='u',
            image_id='i',
            source_site_id='s',
            source_site_name='home',
            source_credential_id='c',
            options={},
            state=state,
            created_at=moment,
        )
        copy = models.ImageCopy(
            id=str(uuid.uuid4()),
            replication_id=replication.id,
            target_site_id='t',
            target_site_name='west',
            credential_id='c',
            state=state,
            created_at=moment,
            **values,
        )
        if state in states.HELD:
            copy.lease = str(uuid.uuid4())
            copy.conductor = values.get('conductor', 'c1')
            copy.heartbeat = moment
        with engine.writer(self.context) as session:
            session.add(replication)
            session.flush()
            session.add(copy)
        return copy.id

    def state(self, copy_id: str) -> str:
        with engine.reader(self.context) as session:
            return session.get_one(models.ImageCopy, copy_id).state


class StuckTestCase(TestCase):
    def stuck(self, *arguments: str) -> list[dict[str, Any]]:
        return json.loads(self.manage('copy', 'stuck', '--json', *arguments))

    def test_nothing_is_stuck_at_first(self) -> None:
        self.assertEqual([], self.stuck())
        self.assertIn('| reason |', self.manage('copy', 'stuck'))

    def test_copy_is_told_with_reason_and_conductor(self) -> None:
        copy_id = self.add('copying', 100)
        out = self.manage('copy', 'stuck')
        row = [line for line in out.splitlines() if copy_id in line]
        self.assertEqual(1, len(row), out)
        self.assertRegex(row[0], r'\| conductor_silent \| 1\d\d .* c1 ')
        self.assertRegex(row[0], r'\| i +\| s +\| t +\| c1 ')
        self.assertIn('conductor_silent: Its conductor says nothing', out)
        [found] = self.stuck()
        self.assertIn('Start a conductor', found['remedy'])
        self.assertEqual(
            ('conductor_silent', copy_id, 'c1'),
            (found['reason'], found['copy_id'], found['conductor']),
        )

    def test_older_than_says_what_long_is(self) -> None:
        copy_id = self.add('queued', 100)
        self.assertEqual([], self.stuck())
        [found] = self.stuck('--older-than', '50')
        self.assertEqual(
            ('waiting', copy_id), (found['reason'], found['copy_id'])
        )

    def test_reasons_can_be_chosen(self) -> None:
        self.add('copying', 100)
        self.add('queued', 1000)
        for reason in ('conductor_silent', 'waiting'):
            [found] = self.stuck('--reason', reason)
            self.assertEqual(reason, found['reason'])
        self.assertEqual(2, len(self.stuck()))
        self.assertEqual(0, len(self.stuck('--limit', '0')))

    def test_wrong_arguments_are_refused(self) -> None:
        for arguments in (
            ('--reason', 'x'),
            ('--older-than', '-1'),
            ('--older-than', '9' * 20),
            ('--limit', 'x'),
        ):
            ran = self.run_main(manage.main, 'copy', 'stuck', *arguments)
            self.assertEqual((2, ''), (ran.code, ran.out))
            self.assertIn(arguments[0], ran.err)


class ServiceTestCase(TestCase):
    def test_processes_are_listed(self) -> None:
        self.add('copying', 5, conductor='c1')
        for number, (name, host) in enumerate(
            (('glint-conductor', 'c1'), ('glint-api', 'web'))
        ):
            db_service.renew(
                self.context,
                str(number),
                name=name,
                host=host,
                pid=number,
                version='1.2',
                conductor=name == 'glint-conductor',
            )
        found = json.loads(self.manage('service', 'list', '--json'))
        self.assertEqual(
            [
                ('glint-api', 'web', 'up', None),
                ('glint-conductor', 'c1', 'up', 1),
            ],
            [
                (one['name'], one['host'], one['state'], one['copies'])
                for one in found
            ],
        )
        self.assertRegex(
            self.manage('service', 'list'),
            r'\| glint-api +\| web +\| 1 +\| 1.2 +\| up +\| - ',
        )


class ConductorTestCase(TestCase):
    def test_conductors_are_listed(self) -> None:
        self.assertEqual(
            [], json.loads(self.manage('conductor', 'list', '--json'))
        )
        self.add('copying', 5, conductor='c1')
        self.add('copying', 50, conductor='c2')
        self.add('cancelling', 5, conductor='c2')
        found = json.loads(self.manage('conductor', 'list', '--json'))
        self.assertEqual(
            [('c2', 2), ('c1', 1)],
            [(one['name'], one['copies']) for one in found],
        )
        self.assertRegex(
            self.manage('conductor', 'list'), r'\| c2 +\| 2 +\| \d+ +\| - '
        )

    def test_evacuation_hands_back_what_one_conductor_holds(self) -> None:
        mine = self.add('copying', conductor='c1')
        cancelled = self.add('cancelling', conductor='c1')
        other = self.add('copying', conductor='c2')
        out = self.manage('conductor', 'evacuate', 'c1')
        self.assertIn('1 copies queued again, 1 cancelled', out)
        self.assertIn('If c1 still runs', out)
        self.assertEqual(
            ['queued', 'cancelling', 'copying'],
            [self.state(copy_id) for copy_id in (mine, cancelled, other)],
        )
        [found] = json.loads(
            self.manage('copy', 'stuck', '--json', '--older-than', '60')
        )
        self.assertEqual(cancelled, found['copy_id'])

    def test_evacuation_of_an_unknown_conductor_changes_nothing(self) -> None:
        copy_id = self.add('copying', conductor='c1')
        self.assertEqual(
            '0 copies queued again, 0 cancelled ones to be cleaned up.\n',
            self.manage('conductor', 'evacuate', 'C1'),
        )
        self.assertEqual('copying', self.state(copy_id))

    def test_evacuation_needs_a_name(self) -> None:
        ran = self.run_main(manage.main, 'conductor', 'evacuate')
        self.assertEqual(2, ran.code)

    def test_evacuation_takes_what_is_free_and_tells_of_the_rest(self) -> None:
        free = self.add('copying', conductor='c1')
        locked = self.add('copying', conductor='c1')
        evacuate = takeover.evacuate

        def busy(context: engine.Context, copy: takeover.ImageCopy) -> Any:
            if copy.id == locked:
                raise engine.Busy('copies', False)
            return evacuate(context, copy)

        self.useFixture(fixtures.MonkeyPatch('glint.cmd.operate._MARGIN', -60))
        with mock.patch.object(
            takeover, 'evacuate', autospec=True, side_effect=busy
        ):
            ran = self.run_main(manage.main, 'conductor', 'evacuate', 'c1')
        self.assertEqual(1, ran.code)
        self.assertIn('1 copies queued again', ran.err)
        self.assertIn('1 more are left', ran.err)
        self.assertEqual(
            ['queued', 'copying'], [self.state(free), self.state(locked)]
        )
