# SPDX-License-Identifier: Apache-2.0

import contextlib
import os
import tempfile
import threading
import time
from unittest import mock

import fixtures

from glint import interrupt
from glint.image import failure
from glint.stream import upload
from glint.tests import base
from glint.tests.unit.image import certificates
from glint.tests.unit.image import cloud

DATA = os.urandom(upload.PIECE * 2 + 12_345)


class Feed:
    """A feed of which the test sets how far it has come."""

    def __init__(self, data=DATA, there=None, confirmed=True):
        self._data = data
        self._file = tempfile.TemporaryFile(buffering=0)
        self._file.write(data)
        self.size = len(data)
        self.there = len(data) if there is None else there
        self.confirmed = confirmed
        self.failure = None
        self.waits = 0

    def wait(self, offset, timeout):
        self.waits += 1
        self._await(lambda: self.there > offset or self.there == self.size)
        return self.there

    def confirm(self, timeout):
        return self._await(lambda: self.confirmed)

    def _await(self, condition):
        """Wait for a short time, so that the drip is quick in tests."""
        if not (self.failure or condition()):
            time.sleep(0.01)
        if self.failure:
            raise self.failure
        return condition()

    def read(self, offset, buffer):
        data = self._data[offset : min(self.there, offset + len(buffer))]
        buffer[: len(data)] = data
        return buffer[: len(data)]

    def send_to(self, out, offset, count):
        count = min(count, self.there - offset)
        return os.sendfile(out, self._file.fileno(), offset, count)


class Target:
    """Takes a PUT as Glance does, and keeps what arrived."""

    def __init__(self):
        self.arrived = bytearray()
        self.ended = threading.Event()

    def __call__(self, request):
        self.headers = request.headers
        size = int(request.headers['Content-Length'])
        # A client that closes before it has read the tickets of TLS resets
        # the connection.
        with contextlib.suppress(ConnectionResetError):
            while len(self.arrived) < size:
                piece = request.rfile.read1(1 << 20)
                if not piece:
                    break
                self.arrived += piece
        self.ended.set()
        if len(self.arrived) == size:
            request.reply(204)
        else:
            request.close_connection = True


class UploadTestCase(base.TestCase):
    ca_cert = None

    def setUp(self):
        super().setUp()
        self.cloud = self.useFixture(cloud.Cloud(self.tls()))
        self.target = Target()
        self.cloud.on('PUT', cloud.FILE, self.target)
        self.progress = []

    def tls(self):
        """What the target serves with."""

    def upload(
        self,
        feed=None,
        stopping=None,
        stall_timeout=10,
        progress=None,
        **kwargs,
    ):
        session = self.cloud.session(ca_cert=self.ca_cert)
        upload.upload(
            session,
            cloud.IMAGE_ID,
            feed or Feed(),
            interrupt=stopping or interrupt.Interrupt(),
            progress=progress or self.progress.append,
            stall_timeout=stall_timeout,
            **kwargs,
        )

    def fails(self, code, *args, **kwargs):
        error = self.assertRaises(
            failure.SiteFailure, self.upload, *args, **kwargs
        )
        self.assertEqual(code, error.code)
        return error

    def begin(self, feed, **kwargs):
        """Upload in the background.

        :returns: a function that waits for the end, and returns the error
        """
        errors = []

        def run():
            try:
                self.upload(feed, **kwargs)
            except Exception as e:
                errors.append(e)

        thread = threading.Thread(target=run)
        thread.start()

        def end():
            thread.join(20)
            self.assertFalse(thread.is_alive())
            return errors[0] if errors else None

        self.addCleanup(end)
        return end

    def await_arrived(self, count):
        deadline = time.monotonic() + 10
        while len(self.target.arrived) < count:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.005)

    def test_data_arrive_whole(self):
        self.upload()
        self.assertEqual(DATA, bytes(self.target.arrived))
        self.assertEqual(sorted(self.progress), self.progress)
        self.assertEqual(len(DATA), self.progress[-1])

    def test_encrypted_data_are_not_sent_by_the_kernel(self):
        feed = Feed()
        with mock.patch.object(
            feed, 'send_to', autospec=True, side_effect=feed.send_to
        ) as send_to:
            self.upload(feed)
        self.assertEqual(self.ca_cert is None, send_to.called)

    def test_data_in_no_file_are_read(self):
        feed = Feed()
        feed.send_to = lambda out, offset, count: None
        self.upload(feed)
        self.assertEqual(DATA, bytes(self.target.arrived))

    def test_head_names_size_and_type(self):
        self.upload()
        headers = self.target.headers
        for name in ('Content-Length', 'x-openstack-image-size'):
            self.assertEqual(str(len(DATA)), headers[name])
        self.assertEqual('application/octet-stream', headers['Content-Type'])
        self.assertIsNone(headers['Transfer-Encoding'])
        self.assertIsNone(headers['Expect'])

    def test_token_is_fresh(self):
        session = self.cloud.session(ca_cert=self.ca_cert)
        session.token()
        upload.upload(
            session,
            cloud.IMAGE_ID,
            Feed(),
            interrupt=interrupt.Interrupt(),
            progress=self.progress.append,
            stall_timeout=10,
        )
        self.assertEqual('token-2', self.target.headers['X-Auth-Token'])

    def test_empty_image_is_sent_empty(self):
        self.upload(Feed(b''))
        self.assertEqual('0', self.target.headers['Content-Length'])

    def test_small_image_waits_for_its_hash(self):
        feed = Feed(b'small', confirmed=False)
        end = self.begin(feed)
        time.sleep(0.1)
        self.assertEqual([], self.cloud.requests)
        feed.confirmed = True
        self.assertIsNone(end())
        self.assertEqual(b'small', bytes(self.target.arrived))

    def test_image_of_unknown_size_waits_for_it(self):
        feed = Feed(there=upload.PIECE)
        feed.size = None
        end = self.begin(feed)
        time.sleep(0.1)
        self.assertEqual([], self.cloud.requests)
        # It sleeps meanwhile, 0.01 s each time with this feed.
        self.assertLess(feed.waits, 20)
        feed.size = feed.there = len(DATA)
        self.assertIsNone(end())
        self.assertEqual(DATA, bytes(self.target.arrived))

    def test_sender_stays_behind_and_drips(self):
        there = upload.PIECE
        feed = Feed(there=there)
        end = self.begin(feed)
        # At once up to the reserve, and then a few bytes out of it.
        self.await_arrived(there - upload.HOLD_BACK + 3)
        self.assertLess(
            len(self.target.arrived), there - upload.HOLD_BACK + 1000
        )
        feed.there = len(DATA)
        self.assertIsNone(end())
        self.assertEqual(DATA, bytes(self.target.arrived))

    def test_last_byte_waits_for_the_hash(self):
        self.useFixture(fixtures.MockPatchObject(upload, 'HOLD_BACK', 5))
        feed = Feed(confirmed=False)
        end = self.begin(feed)
        self.await_arrived(len(DATA) - 1)
        time.sleep(0.1)
        self.assertEqual(len(DATA) - 1, len(self.target.arrived))
        feed.confirmed = True
        self.assertIsNone(end())
        self.assertEqual(DATA, bytes(self.target.arrived))

    def test_last_byte_never_goes_out_when_the_hash_is_wrong(self):
        self.useFixture(fixtures.MockPatchObject(upload, 'HOLD_BACK', 5))
        feed = Feed(confirmed=False)
        end = self.begin(feed)
        self.await_arrived(len(DATA) - 1)
        feed.failure = failure.classify('download', 'home', 'hash')
        self.assertIs(feed.failure, end())
        self.assertTrue(self.target.ended.wait(10))
        self.assertEqual(DATA[:-1], bytes(self.target.arrived))

    def test_failed_source_closes_connection_short(self):
        feed = Feed(there=upload.PIECE)
        end = self.begin(feed)
        self.await_arrived(1)
        feed.failure = failure.classify('download', 'home', 'lost')
        error = end()
        # The error's traceback must not keep the connection open.
        self.assertTrue(self.target.ended.wait(10))
        self.assertIs(feed.failure, error)
        self.assertLess(len(self.target.arrived), len(DATA))

    def test_interrupt_closes_connection_short(self):
        stopping = interrupt.Interrupt()
        end = self.begin(Feed(there=upload.PIECE), stopping=stopping)
        self.await_arrived(1)
        stopping.set('Cancelled.')
        started = time.monotonic()
        self.assertIsInstance(end(), interrupt.Interrupted)
        self.assertTrue(self.target.ended.wait(10))
        self.assertLess(time.monotonic() - started, 2)
        self.assertLess(len(self.target.arrived), len(DATA))

    def large(self):
        """More than the buffers of a connection take."""
        return Feed(bytes(24 << 20))

    def stall(self, request):
        self.cloud.stopping.wait(20)

    def test_interrupt_cuts_stalled_target(self):
        self.cloud.on('PUT', cloud.FILE, self.stall)
        stopping = interrupt.Interrupt()
        end = self.begin(self.large(), stopping=stopping)
        # It takes what the buffers take, and then no more.
        taken = -1
        while not self.progress or self.progress[-1] != taken:
            taken = self.progress[-1] if self.progress else -1
            time.sleep(0.2)
        started = time.monotonic()
        stopping.set('Cancelled.')
        self.assertIsInstance(end(), interrupt.Interrupted)
        self.assertLess(time.monotonic() - started, 2)

    def test_stalled_target_is_given_up(self):
        self.useFixture(fixtures.MockPatchObject(upload, '_LAST_WORDS', 0.1))
        self.cloud.on('PUT', cloud.FILE, self.stall)
        error = self.fails('upload_lost', self.large(), stall_timeout=0.3)
        self.assertTrue(error.retryable)
        self.assertEqual('resend', error.action)

    def test_target_that_never_answers_is_given_up(self):
        def swallow(request):
            request.body()
            self.cloud.stopping.wait(20)

        self.cloud.on('PUT', cloud.FILE, swallow)
        self.fails('upload_lost', answer_timeout=0.2)
        self.assertEqual(len(DATA), self.progress[-1])

    def test_refusal_before_the_body_is_read_is_told(self):
        def refuse(request):
            request.reply(415, {'message': 'not a qcow2'})
            self.cloud.stopping.wait(20)

        self.cloud.on('PUT', cloud.FILE, refuse)
        started = time.monotonic()
        error = self.fails('format_refused', self.large())
        self.assertLess(time.monotonic() - started, 5)
        self.assertIn('not a qcow2', error.detail)
        self.assertEqual('delete_record', error.action)

    def test_refusal_while_the_source_stalls_is_told(self):
        def refuse(request):
            request.reply(413, {'message': 'quota'})
            self.cloud.stopping.wait(20)

        self.cloud.on('PUT', cloud.FILE, refuse)
        self.fails('quota_exceeded', Feed(there=upload.PIECE))

    def test_refusal_with_a_reset_is_told(self):
        def refuse(request):
            request.rfile.read1(1)
            request.reply(413, {'message': 'quota'})
            request.close_connection = True

        self.cloud.on('PUT', cloud.FILE, refuse)
        self.fails('quota_exceeded', self.large())

    def test_connection_closed_within_the_body_is_told(self):
        def drop(request):
            request.rfile.read1(1)
            request.cut()

        self.cloud.on('PUT', cloud.FILE, drop)
        self.fails('upload_lost', self.large())

    def test_connection_closed_instead_of_an_answer_is_told(self):
        def drop(request):
            request.body()
            request.cut()

        self.cloud.on('PUT', cloud.FILE, drop)
        self.fails('upload_lost')

    def test_success_before_the_body_was_read_is_no_success(self):
        def accept(request):
            request.reply(204)
            self.cloud.stopping.wait(20)

        self.cloud.on('PUT', cloud.FILE, accept)
        self.fails('upload_lost', self.large())

    def test_error_of_the_caller_is_not_taken_for_the_sites(self):
        for error in (OSError('no database'), ValueError('a mistake')):

            def progress(sent, error=error):
                raise error

            raised = self.assertRaises(
                type(error), self.upload, progress=progress
            )
            self.assertIs(error, raised)

    def test_refusal_is_told_and_not_sent_again(self):
        for status, code in (
            (302, 'redirected'),
            (401, 'unauthorized'),
            (409, 'image_busy'),
            (410, 'image_gone'),
            (500, 'upload_lost'),
            (503, 'storage_unavailable'),
        ):

            def refuse(request, status=status):
                request.body()
                request.reply(status, Location=cloud.FILE)

            self.cloud.on('PUT', cloud.FILE, refuse)
            before = len(self.cloud.sent('PUT', cloud.FILE))
            error = self.fails(code)
            self.assertEqual(status, error.http_status)
            after = len(self.cloud.sent('PUT', cloud.FILE))
            self.assertEqual(1, after - before)


class TlsUploadTestCase(UploadTestCase):
    """The same over TLS."""

    def tls(self):
        authority = certificates.Authority()
        self.ca_cert = authority.pem
        return authority.serve(self.useFixture(fixtures.TempDir()).path)
