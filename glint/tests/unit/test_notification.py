# SPDX-License-Identifier: Apache-2.0

"""Tests of notifications, with oslo.messaging's own driver for tests."""

import threading
from typing import Any

import fixtures
import oslo_messaging
from oslo_messaging.notify import _impl_test

from glint import conf
from glint import notification
from glint import rpc
from glint.db import image_copy as db_image_copy
from glint.db.queue import lease
from glint.tests.unit.db import base

#: Nobody listens there.
_AWAY = 'rabbit://nobody:canary-password@127.0.0.1:1/'
_LONG = 30.0


class NotificationTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(_impl_test.reset)
        self.addCleanup(notification.stop, 0)

    def start(self, *driver: str, url: str = 'fake:/') -> None:
        # Registers the options.
        oslo_messaging.get_notification_transport(conf.CONF, url='fake:/')
        self.config(transport_url=url)
        self.config(
            group='oslo_messaging_notifications', driver=driver, retry=0
        )
        rpc.init()
        self.addCleanup(rpc.cleanup)
        notification.start('h1')

    def sent(self) -> list[tuple[str, dict[str, Any]]]:
        """End, and return the priority and the body of what was sent."""
        notification.stop(_LONG)
        return [
            (priority, message)
            for _context, message, priority, _retry in _impl_test.NOTIFICATIONS
        ]

    def test_life_of_a_replication_is_told(self) -> None:
        self.start('test')
        [copy] = self.claim(self.replicate(request_id='req-1').id)
        lease.complete(
            self.context,
            copy,
            outcome='copied',
            bytes_sent=7,
            target_image_id='i1',
        )
        sent = self.sent()
        self.assertEqual(
            [
                ('INFO', 'image_replication.copy.start'),
                ('INFO', 'image_replication.replication.start'),
                ('INFO', 'image_replication.copy.end'),
                ('INFO', 'image_replication.replication.end'),
            ],
            [(priority, message['event_type']) for priority, message in sent],
        )
        self.assertEqual(
            {'image_replication.h1'},
            {message['publisher_id'] for _priority, message in sent},
        )
        row = self.copy(copy.replication_id)
        replication = self.replication(copy.replication_id)
        self.assertEqual(
            {
                'id': row.id,
                'replication_id': replication.id,
                'project_id': 'p',
                'user_id': 'u',
                'request_id': 'req-1',
                'image_id': replication.image_id,
                'image_name': None,
                'source_site_id': replication.source_site_id,
                'source_site_name': replication.source_site_name,
                'target_site_id': row.target_site_id,
                'target_site_name': row.target_site_name,
                'target_image_id': 'i1',
                'state': 'completed',
                'outcome': 'copied',
                'bytes_sent': 7,
                'bytes_total': None,
                'attempts': 1,
                'conductor': 'c1',
                'error_code': None,
                'created_at': row.created_at.isoformat('T', 'microseconds')
                + 'Z',
                'started_at': row.started_at.isoformat('T', 'microseconds')
                + 'Z',
                'finished_at': row.finished_at.isoformat('T', 'microseconds')
                + 'Z',
            },
            sent[2][1]['payload'],
        )
        self.assertEqual('completed', sent[3][1]['payload']['state'])

    def test_error_has_its_code_and_not_what_the_site_said(self) -> None:
        self.start('test')
        [copy] = self.claim(self.replicate().id)
        error = {**base.ERROR, 'code': 'quota', 'detail': 'canary'}
        lease.fail(self.context, copy, error)
        failed = self.sent()[2:]
        self.assertEqual(
            [
                ('ERROR', 'image_replication.copy.error'),
                ('ERROR', 'image_replication.replication.error'),
            ],
            [(level, message['event_type']) for level, message in failed],
        )
        self.assertEqual('quota', failed[0][1]['payload']['error_code'])
        self.assertNotIn('canary', str(failed))

    def test_context_is_that_of_who_asked(self) -> None:
        self.start('test')
        db_image_copy.cancel(
            self.context, self.replicate(request_id='req-1').id
        )
        notification.stop(_LONG)
        told = {
            (c['request_id'], c['user'], c['project_id'])
            for c, _message, _priority, _retry in _impl_test.NOTIFICATIONS
        }
        self.assertEqual({('req-1', 'u', 'p')}, told)

    def test_nothing_is_told_unless_a_driver_is_configured(self) -> None:
        self.start()
        self.claim(self.replicate().id)
        self.assertEqual([], self.sent())

    def test_second_start_tells_nothing_twice(self) -> None:
        self.start('test')
        notification.start('h2')
        self.claim(self.replicate().id)
        self.assertEqual(2, len(self.sent()))

    def test_nothing_is_told_after_the_stop(self) -> None:
        self.start('test')
        notification.stop(_LONG)
        self.claim(self.replicate().id)
        self.assertEqual([], self.sent())

    def test_broker_that_is_away_keeps_nobody_waiting(self) -> None:
        self.start('messagingv2', url=_AWAY)
        [copy] = self.claim(self.replicate().id)
        self.assertTrue(lease.complete(self.context, copy, outcome='copied'))
        notification.stop(_LONG)
        self.assertIn('Could not send notification', self.logs.output)
        self.assertNotIn('canary', self.logs.output)

    def test_what_does_not_fit_is_dropped_and_said_so(self) -> None:
        self.useFixture(
            fixtures.MonkeyPatch('glint.notification._MAX_WAITING', 1)
        )
        going_on = threading.Event()
        self.addCleanup(going_on.set)
        began = threading.Event()

        def notify(*_arguments: Any) -> None:
            began.set()
            going_on.wait(_LONG)

        # A broker that takes connections and does not answer.
        self.useFixture(
            fixtures.MonkeyPatch(
                'oslo_messaging.notify._impl_test.TestDriver.notify', notify
            )
        )
        self.start('test')
        [copy] = self.claim(self.replicate().id)
        began.wait(_LONG)
        lease.complete(self.context, copy, outcome='copied')
        self.assertIn('are dropped: 1 wait', self.logs.output)
        going_on.set()
        notification.stop(_LONG)
