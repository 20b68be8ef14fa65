# SPDX-License-Identifier: Apache-2.0

"""Tests of the message bus."""

from typing import Any

import oslo_messaging

from glint import context
from glint import rpc
from glint.tests import base
from glint.tests import fixtures as glint_fixtures


class Endpoint:
    target = oslo_messaging.Target(version='1.0')

    @oslo_messaging.expose
    def whoami(self, context: context.RequestContext) -> dict[str, Any]:
        self.context = context
        return {'user_id': context.user_id}

    def hidden(self, context: context.RequestContext) -> None:
        self.called = True


class BusTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        bus = self.useFixture(glint_fixtures.RPC())
        self.endpoint = Endpoint()
        bus.serve(self.endpoint)
        self.client = rpc.get_client('1.0')
        self.context = context.RequestContext(
            auth_token='canary',
            service_token='canary',
            user_id='u',
            project_id='p',
            roles=['member'],
            request_id='req-1',
        )

    def test_context_crosses_the_bus_without_its_token(self) -> None:
        answer = self.client.call(self.context, 'whoami')
        self.assertEqual({'user_id': 'u'}, answer)
        found = self.endpoint.context
        self.assertIsInstance(found, context.RequestContext)
        self.assertEqual(
            ('u', 'p', ['member'], 'req-1', None),
            (
                found.user_id,
                found.project_id,
                found.roles,
                found.request_id,
                found.auth_token,
            ),
        )
        self.assertNotIn('canary', repr(vars(found)))
        self.assertNotIn('canary', self.logs.output)

    def test_only_exposed_methods_can_be_called(self) -> None:
        self.assertRaises(
            oslo_messaging.NoSuchMethod,
            self.client.call,
            self.context,
            'hidden',
        )
        self.assertFalse(hasattr(self.endpoint, 'called'))

    def test_client_of_a_newer_interface_is_refused(self) -> None:
        self.assertRaises(
            oslo_messaging.UnsupportedVersion,
            rpc.get_client('1.1').call,
            self.context,
            'whoami',
        )

    def test_exchange_is_that_of_glint(self) -> None:
        self.assertEqual('glint', rpc._transport.conf.control_exchange)
