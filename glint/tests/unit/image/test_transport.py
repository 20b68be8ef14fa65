# SPDX-License-Identifier: Apache-2.0

import os
import ssl
import time

import fixtures
import requests

from glint import interrupt
from glint.image import network
from glint.image import transport
from glint.tests import base
from glint.tests.unit.image import cloud


class TransportTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.cloud = self.useFixture(cloud.Cloud())

    def session(self, stopping=None, seconds=10, **kwargs):
        made = transport.session(
            transport.GuardedAdapter(
                network.AddressPolicy(['127.0.0.0/8']),
                stopping or interrupt.Interrupt(),
                ssl.create_default_context(),
                seconds,
                **kwargs,
            )
        )
        self.addCleanup(made.close)
        return made

    def test_answer_arrives_and_connection_is_used_again(self):
        self.cloud.reply('GET', '/x', 200, {'a': 1})
        session = self.session()
        ports = set()
        for _ in range(2):
            answer = session.get(self.cloud.url + '/x', timeout=5)
            self.assertEqual({'a': 1}, answer.json())
            ports.add(self.cloud.requests[-1].client_address)
        self.assertEqual(1, len(ports))

    def test_other_schemes_are_refused(self):
        for url in ('file:///etc/passwd', 'ftp://127.0.0.1/x'):
            self.assertRaises(
                requests.exceptions.InvalidSchema, self.session().get, url
            )

    def test_proxy_of_environment_is_ignored(self):
        self.cloud.reply('GET', '/x', 200)
        for name in ('http_proxy', 'HTTP_PROXY', 'all_proxy'):
            self.useFixture(
                fixtures.EnvironmentVariable(name, 'http://127.0.0.1:1')
            )
        self.assertEqual(
            200, self.session().get(self.cloud.url + '/x').status_code
        )

    def test_answer_over_limit_is_refused(self):
        self.cloud.reply('GET', '/x', 200, b'x' * 100_000)
        session = self.session(max_answer=50_000)
        error = self.assertRaises(
            requests.exceptions.ChunkedEncodingError,
            session.get,
            self.cloud.url + '/x',
        )
        self.assertIn('too large', str(error))

    def drip(self, request):
        request.head(200, Content_Length='1000')
        while not self.cloud.stopping.wait(0.05):
            request.wfile.write(b'x')

    def test_dripping_answer_is_given_up(self):
        self.cloud.on('GET', '/x', self.drip)
        started = time.monotonic()
        self.assertRaises(
            requests.exceptions.ConnectionError,
            self.session(seconds=0.5).get,
            self.cloud.url + '/x',
            timeout=30,
        )
        self.assertLess(time.monotonic() - started, 5)

    def test_dripping_head_is_given_up(self):
        def drip(request):
            while not self.cloud.stopping.wait(0.05):
                request.wfile.write(b'H')

        self.cloud.on('GET', '/x', drip)
        self.assertRaises(
            requests.exceptions.Timeout,
            self.session(seconds=0.5).get,
            self.cloud.url + '/x',
            timeout=30,
        )

    def test_interrupt_cuts_answer(self):
        stopping = interrupt.Interrupt()

        def answer(request):
            request.head(200, Content_Length='1000')
            stopping.set('Cancelled.')
            self.cloud.stopping.wait(20)

        self.cloud.on('GET', '/x', answer)
        started = time.monotonic()
        self.assertRaises(
            requests.exceptions.RequestException,
            self.session(stopping, 60).get,
            self.cloud.url + '/x',
            timeout=30,
        )
        self.assertLess(time.monotonic() - started, 5)

    def test_encoded_answer_is_refused(self):
        self.cloud.reply(
            'GET', '/x', 200, os.urandom(9), Content_Encoding='br'
        )
        self.assertRaises(
            requests.exceptions.ContentDecodingError,
            self.session().get,
            self.cloud.url + '/x',
        )
        asked = self.cloud.requests[-1].headers['Accept-Encoding']
        self.assertEqual('identity', asked)

    def test_denied_address_is_not_asked(self):
        session = transport.session(
            transport.GuardedAdapter(
                network.AddressPolicy(),
                interrupt.Interrupt(),
                ssl.create_default_context(),
                10,
            )
        )
        self.assertRaises(
            network.AddressDenied, session.get, self.cloud.url + '/x'
        )
        self.assertEqual([], self.cloud.requests)
