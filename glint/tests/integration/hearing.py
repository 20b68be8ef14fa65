# SPDX-License-Identifier: Apache-2.0

"""Hears what Glint notifies of, at the real broker."""

import json
import os
from typing import Any

import fixtures
import kombu
from oslo_messaging import transport

from glint import conf


class Hearing(fixtures.Fixture):
    """Queues of its own for notifications.

    :ivar settings: what Glint's configuration has to have for it.
    """

    #: Those of oslo.messaging that Glint uses.
    PRIORITIES = ('info', 'error')

    def __init__(self, url: str) -> None:
        self._url = url
        self._topic = f'heard-{os.urandom(6).hex()}'
        self.settings = (
            '[oslo_messaging_notifications]\ndriver = messagingv2\n'
            f'topics = {self._topic}\n'
        )

    def _setUp(self) -> None:
        (host,) = transport.TransportURL.parse(conf.CONF, self._url).hosts
        connection = kombu.Connection(
            hostname=host.hostname,
            port=host.port,
            userid=host.username,
            password=host.password,
            virtual_host='/',
        )
        self.addCleanup(connection.release)
        self._channel = connection.channel()
        for name in self._queues():
            self.addCleanup(self._channel.queue_delete, name)
            # What is sent before anybody listens is kept, too.
            self._channel.queue_declare(name, durable=False, auto_delete=False)

    def _queues(self) -> list[str]:
        return [f'{self._topic}.{priority}' for priority in self.PRIORITIES]

    def take(self) -> list[str]:
        """Take the messages that have come, as they were sent."""
        bodies = []
        for name in self._queues():
            while message := self._channel.basic_get(name, no_ack=True):
                body = message.body
                bodies.append(body if isinstance(body, str) else body.decode())
        return bodies


def notification(body: str) -> dict[str, Any]:
    """Return the notification in a message."""
    found: dict[str, Any] = json.loads(json.loads(body)['oslo.message'])
    return found
