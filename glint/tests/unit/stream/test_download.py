# SPDX-License-Identifier: Apache-2.0

import os
import threading
import time

import ddt

from glint import interrupt
from glint.image import failure
from glint.stream import download
from glint.tests import base
from glint.tests.unit.image import cloud

DATA = os.urandom(300_000)


@ddt.ddt
class DownloadTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.cloud = self.useFixture(cloud.Cloud())
        self.cloud.on('GET', cloud.FILE, self.serve)

    def serve(self, request):
        """Answer as Glance does with a store that reads at any place."""
        asked = request.headers['Range']
        if asked is None:
            request.reply(200, DATA)
            return
        first = int(asked.removeprefix('bytes=').removesuffix('-'))
        request.reply(
            206,
            DATA[first:],
            Content_Range='bytes %d-%d/%d' % (first, len(DATA) - 1, len(DATA)),
        )

    def open(self, offset=0, stopping=None, timeout=10):
        made = download.open_source(
            self.cloud.session(),
            cloud.IMAGE_ID,
            offset,
            interrupt=stopping or interrupt.Interrupt(),
            timeout=timeout,
        )
        self.addCleanup(made.close)
        return made

    def read(self, source):
        data = bytearray()
        buffer = memoryview(bytearray(70_000))
        while count := source.readinto(buffer):
            data += buffer[:count]
        return bytes(data)

    def fails(self, code, *args, **kwargs):
        error = self.assertRaises(
            failure.SiteFailure, self.open, *args, **kwargs
        )
        self.assertEqual(code, error.code)
        return error

    def test_data_arrive_whole(self):
        source = self.open()
        self.assertEqual((0, len(DATA)), (source.offset, source.length))
        self.assertEqual(DATA, self.read(source))
        self.assertEqual(0, source.readinto(memoryview(bytearray(1))))

    def test_empty_data_end_at_once(self):
        self.cloud.reply('GET', cloud.FILE, 200, b'')
        source = self.open()
        self.assertEqual(0, source.length)
        self.assertEqual(b'', self.read(source))

    def test_data_of_unknown_size_arrive_although_it_is_given_as_zero(self):
        def answer(request):
            request.head(200, Content_Length='0', Connection='close')
            request.wfile.write(DATA)
            request.cut()

        self.cloud.on('GET', cloud.FILE, answer)
        source = self.open()
        self.assertIsNone(source.length)
        self.assertEqual(DATA, self.read(source))

    def test_data_of_unknown_size_arrive_although_it_is_given_as_none(self):
        def answer(request):
            request.head(200, Content_Length='None', Connection='close')
            request.wfile.write(DATA)
            request.cut()

        self.cloud.on('GET', cloud.FILE, answer)
        self.assertEqual(DATA, self.read(self.open()))

    def test_offset_is_served_by_range(self):
        source = self.open(1000)
        self.assertEqual(
            (1000, len(DATA) - 1000), (source.offset, source.length)
        )
        self.assertEqual(DATA[1000:], self.read(source))

    def test_whole_data_instead_of_range_begin_at_zero(self):
        self.cloud.reply('GET', cloud.FILE, 200, DATA)
        source = self.open(1000)
        self.assertEqual((0, len(DATA)), (source.offset, source.length))

    @ddt.data(400, 416, 500, 501)
    def test_store_without_ranges_is_asked_again_for_all(self, status):
        self.cloud.on(
            'GET',
            cloud.FILE,
            lambda r: r.reply(status if r.headers['Range'] else 200, DATA),
        )
        source = self.open(1000)
        self.assertEqual((0, len(DATA)), (source.offset, source.length))

    @ddt.data('', 'bytes 0-9/10', 'bytes 7-300006/*', 'items 1000-299999/*')
    def test_odd_range_is_asked_again_for_all(self, content_range):
        def answer(request):
            if request.headers['Range']:
                request.reply(206, DATA, Content_Range=content_range)
            else:
                request.reply(200, DATA)

        self.cloud.on('GET', cloud.FILE, answer)
        self.assertEqual(0, self.open(1000).offset)
        self.assertEqual(2, len(self.cloud.sent('GET', cloud.FILE)))

    def test_unasked_range_is_refused(self):
        self.cloud.reply(
            'GET', cloud.FILE, 206, b'x', Content_Range='bytes 5-5/9'
        )
        self.fails('bad_answer')

    def test_chunked_data_arrive_whole_and_have_no_length(self):
        def answer(request):
            request.head(200, Transfer_Encoding='chunked')
            for piece in (DATA[:7], DATA[7:]):
                request.wfile.write(b'%x\r\n%b\r\n' % (len(piece), piece))
            request.wfile.write(b'0\r\n\r\n')

        self.cloud.on('GET', cloud.FILE, answer)
        source = self.open()
        self.assertIsNone(source.length)
        self.assertEqual(DATA, self.read(source))

    @ddt.data('Content_Length', 'Transfer_Encoding')
    def test_short_data_are_told(self, framing):
        value = '1000' if framing == 'Content_Length' else 'chunked'

        def answer(request):
            request.head(200, **{framing: value})
            request.wfile.write(b'1F4\r\n' + bytes(100))
            request.cut()

        self.cloud.on('GET', cloud.FILE, answer)
        source = self.open()
        error = self.assertRaises(failure.SiteFailure, self.read, source)
        self.assertEqual('source_lost', error.code)
        self.assertTrue(error.retryable)

    def test_what_has_arrived_is_read_at_once(self):
        def answer(request):
            request.head(200, Content_Length='1000')
            request.wfile.write(b'first')
            self.cloud.stopping.wait(20)

        self.cloud.on('GET', cloud.FILE, answer)
        buffer = memoryview(bytearray(1000))
        self.assertEqual(5, self.open().readinto(buffer))

    def test_stalled_source_times_out(self):
        def answer(request):
            request.head(200, Content_Length='1000')
            self.cloud.stopping.wait(20)

        self.cloud.on('GET', cloud.FILE, answer)
        error = self.assertRaises(
            failure.SiteFailure, self.read, self.open(timeout=0.2)
        )
        self.assertEqual('source_lost', error.code)

    def test_interrupt_cuts_stalled_source(self):
        def answer(request):
            request.head(200, Content_Length='1000')
            self.cloud.stopping.wait(20)

        self.cloud.on('GET', cloud.FILE, answer)
        stopping = interrupt.Interrupt()
        source = self.open(stopping=stopping)
        threading.Timer(0.1, stopping.set, ['Cancelled.']).start()
        started = time.monotonic()
        self.assertRaises(interrupt.Interrupted, self.read, source)
        self.assertLess(time.monotonic() - started, 2)

    def test_interrupt_cuts_waiting_for_the_answer(self):
        stopping = interrupt.Interrupt()

        def answer(request):
            stopping.set('Cancelled.')
            self.cloud.stopping.wait(20)

        self.cloud.on('GET', cloud.FILE, answer)
        started = time.monotonic()
        self.assertRaises(interrupt.Interrupted, self.open, stopping=stopping)
        self.assertLess(time.monotonic() - started, 5)

    def test_refused_token_is_replaced_once(self):
        self.cloud.on(
            'GET',
            cloud.FILE,
            lambda r: (
                r.reply(401)
                if r.headers['X-Auth-Token'] == 'token-1'
                else self.serve(r)
            ),
        )
        self.assertEqual(DATA, self.read(self.open()))
        self.assertEqual(['token-1', 'token-2'], self.cloud.issued)

    def test_second_refusal_of_token_is_told(self):
        self.cloud.reply('GET', cloud.FILE, 401)
        self.fails('unauthorized')
        self.assertEqual(2, len(self.cloud.sent('GET', cloud.FILE)))

    @ddt.data(
        (204, 'source_no_data'),
        (302, 'redirected'),
        (403, 'source_forbidden'),
        (404, 'source_gone'),
        (503, 'unavailable'),
    )
    @ddt.unpack
    def test_refusal_is_told(self, status, code):
        self.cloud.reply('GET', cloud.FILE, status, b'', Location='/x')
        error = self.fails(code)
        self.assertEqual(status, error.http_status)
        self.assertEqual(1, len(self.cloud.sent('GET', cloud.FILE)))

    def test_message_of_refusal_is_passed_on(self):
        self.cloud.reply('GET', cloud.FILE, 403, {'message': 'is off'})
        self.assertIn('is off', self.fails('source_forbidden').detail)

    def test_encoded_data_are_refused(self):
        self.cloud.reply('GET', cloud.FILE, 200, DATA, Content_Encoding='gzip')
        self.fails('bad_answer')
