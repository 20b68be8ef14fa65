# SPDX-License-Identifier: Apache-2.0

import contextlib
import dataclasses
import hashlib
import os
import pathlib
import threading
import types

import fixtures

from glint import interrupt
from glint.image import failure
from glint.stream import download
from glint.stream import feed
from glint.stream import feed_store
from glint.stream import reader
from glint.stream import ring
from glint.tests import base
from glint.tests.unit.image import cloud

DATA = os.urandom(3_000_000)
SIZE = len(DATA)
KEY = feed_store.Key(
    site_id='home-id',
    image_id=cloud.IMAGE_ID,
    credential_id='credential-id',
    size=SIZE,
    hashes=frozenset({('md5', hashlib.md5(DATA).hexdigest())}),
)


class FeedStoreTestCase(base.TestCase):
    """Feeds of one source over real connections."""

    def setUp(self):
        super().setUp()
        self.directory = self.useFixture(fixtures.TempDir()).path
        self.config(group='conductor', spool_dir=self.directory)
        self.useFixture(fixtures.MockPatchObject(reader, 'RESUME_DELAY', 0))
        self.home = self.useFixture(cloud.Cloud())
        self.home.reply('GET', cloud.FILE, 200, DATA)
        self.store = feed_store.FeedStore()
        self.addCleanup(self.store.close)

    def make(self, key, store):
        stopping = interrupt.Interrupt()
        session = self.home.session()
        return feed.Feed(
            lambda offset: download.open_source(
                session,
                cloud.IMAGE_ID,
                offset,
                interrupt=stopping,
                timeout=10,
            ),
            site='home',
            size=key.size,
            expected=dict(key.hashes),
            store=store,
            interrupt=stopping,
        )

    def use(self, alone=False, **changes):
        key = dataclasses.replace(KEY, **changes)
        return self.store.use(key, 'home', self.make, alone)

    def read(self, made):
        """Read all as a sender does."""
        data = bytearray()
        buffer = memoryview(bytearray(300_000))
        while made.wait(len(data), 10) > len(data):
            data += made.read(len(data), buffer)
        made.confirm(10)
        return bytes(data)

    def fill(self, **changes):
        """Use a feed to its end."""
        with self.use(**changes) as made:
            self.assertEqual(DATA, self.read(made))
        return made

    def reads(self):
        return len(self.home.sent('GET', cloud.FILE))

    def spools(self):
        """How many files without a name are in the spool directory."""
        return sum(
            os.path.dirname(link) == self.directory
            for link in self.descriptors()
        )

    def descriptors(self):
        for path in pathlib.Path('/proc/self/fd').iterdir():
            with contextlib.suppress(OSError):
                yield os.readlink(path)

    def answer_when(self, event):
        """Have the source stop in the middle until an event."""

        def answer(request):
            request.head(200, Content_Length=str(SIZE))
            request.wfile.write(DATA[:1_000_000])
            event.wait(20)
            request.wfile.write(DATA[1_000_000:])

        self.home.on('GET', cloud.FILE, answer)

    def test_those_who_come_while_it_is_read_share_a_feed(self):
        self.config(group='conductor', spool_linger=0)
        go_on = threading.Event()
        self.answer_when(go_on)
        with self.use() as first:
            first.wait(0, 10)
            with self.use() as second:
                self.assertIs(first, second)
                go_on.set()
                self.assertEqual(DATA, self.read(second))
        self.assertEqual(1, self.reads())

    def test_feed_goes_on_when_who_began_it_leaves(self):
        go_on = threading.Event()
        self.answer_when(go_on)
        with contextlib.ExitStack() as second:
            with self.use() as made:
                made.wait(0, 10)
                second.enter_context(self.use())
            go_on.set()
            self.assertEqual(DATA, self.read(made))
        self.assertEqual(1, self.reads())

    def test_feed_stays_for_those_who_come_a_little_later(self):
        self.assertIs(self.fill(), self.fill())
        self.assertEqual(1, self.reads())

    def test_feed_does_not_stay_longer_than_configured(self):
        self.config(group='conductor', spool_linger=0.05)
        self.fill()
        self.until(lambda: not self.spools(), 'end of the spools')
        self.fill()
        self.assertEqual(2, self.reads())

    def test_feed_in_use_does_not_end_after_its_time(self):
        self.config(group='conductor', spool_linger=0.05)
        self.fill()
        with self.use() as made:
            threading.Event().wait(0.2)
            self.assertEqual(DATA, self.read(made))

    def test_feed_does_not_stay_where_that_is_not_wanted(self):
        self.config(group='conductor', spool_linger=0)
        self.fill()
        self.assertEqual(0, self.spools())

    def test_feed_that_is_not_read_to_its_end_does_not_stay(self):
        go_on = threading.Event()
        self.addCleanup(go_on.set)
        self.answer_when(go_on)
        with self.use() as made:
            made.wait(0, 10)
        self.assertTrue(made.failed)
        self.until(lambda: not self.spools(), 'end of the spools')

    def test_other_credential_reads_for_itself(self):
        self.fill()
        self.fill(credential_id='of somebody else')
        self.assertEqual(2, self.reads())

    def test_changed_image_is_read_again(self):
        self.fill()
        self.fill(hashes=frozenset())
        self.assertEqual(2, self.reads())

    def test_failed_feed_is_not_shared_again(self):
        self.home.on('GET', cloud.FILE, lambda request: request.cut())
        with self.use() as bad:
            self.assertRaises(failure.SiteFailure, bad.confirm, 10)
            self.home.reply('GET', cloud.FILE, 200, DATA)
            self.assertIsNot(bad, self.fill())
            # Who used it learns what went wrong all the same.
            self.assertRaises(failure.SiteFailure, bad.confirm, 10)
        self.assertEqual(1, self.spools())

    def test_corrupt_feed_is_not_shared_again(self):
        # Whatever the last byte is, this is another one.
        other = bytes([DATA[-1] ^ 1])
        self.home.reply('GET', cloud.FILE, 200, DATA[:-1] + other)
        with self.use() as bad:
            self.assertRaises(failure.SiteFailure, bad.confirm, 10)
        self.home.reply('GET', cloud.FILE, 200, DATA)
        self.fill()
        self.assertEqual(2, self.reads())

    def test_close_ends_what_is_used_and_what_is_not(self):
        self.fill(credential_id='another')
        with self.use() as made, self.use(True, credential_id='b') as single:
            self.store.close()
            for one in (made, single):
                self.assertRaises(interrupt.Interrupted, one.confirm, 10)
        self.until(lambda: not self.spools(), 'end of the spools')

    def test_oldest_unused_feed_makes_room(self):
        self.config(group='conductor', spool_max_size=3 * SIZE)
        for name in 'ab':
            self.fill(credential_id=name)
        self.fill(credential_id='a')
        self.fill(credential_id='c')
        self.assertEqual(3, self.reads())
        # The fourth one takes the place of b, which was not used since.
        self.fill(credential_id='d')
        self.fill(credential_id='a')
        self.fill(credential_id='c')
        self.assertEqual(4, self.reads())
        self.fill(credential_id='b')
        self.assertEqual(5, self.reads())

    def test_each_reads_for_itself_in_memory_where_there_is_no_room(self):
        self.config(group='conductor', spool_max_size=SIZE - 1)
        with self.use() as first, self.use() as second:
            self.assertEqual(0, self.spools())
            self.assertIsNot(first, second)
            for made in (first, second):
                self.assertEqual(DATA, self.read(made))
        self.assertEqual(2, self.reads())
        self.assertTrue(first.failed and second.failed)

    def test_who_is_alone_reads_in_memory(self):
        made = self.fill(alone=True)
        self.assertTrue(made.failed)
        self.assertEqual((0, 0), (self.spools(), self.store.spooled()))
        self.fill(alone=True)
        self.assertEqual(2, self.reads())

    def test_who_is_alone_joins_what_is_there(self):
        made = self.fill()
        self.assertIs(made, self.fill(alone=True))
        self.assertEqual(1, self.reads())

    def test_second_of_those_alone_is_joined_by_the_third(self):
        with self.use(alone=True) as first, self.use(alone=True) as second:
            with self.use(alone=True) as third:
                self.assertIsNot(first, second)
                self.assertIs(second, third)
                for made in (first, third):
                    self.assertEqual(DATA, self.read(made))
        self.assertEqual(2, self.reads())

    def test_rest_of_who_is_alone_and_slow_is_spooled(self):
        self.config(group='conductor', memory_per_feed=4 * 1024 * 1024)
        self.useFixture(fixtures.MockPatchObject(ring, '_PATIENCE', 0.05))
        data = os.urandom(5 * 1024 * 1024)
        self.home.reply('GET', cloud.FILE, 200, data)
        hashes = frozenset({('md5', hashlib.md5(data).hexdigest())})
        with self.use(alone=True, size=len(data), hashes=hashes) as made:
            # All come, though nothing is read of them.
            self.assertTrue(made.confirm(10))
            self.assertEqual(1, self.spools())
            self.assertEqual(1024 * 1024, self.store.spooled())
            self.assertEqual(data, self.read(made))
        self.assertEqual((0, 0), (self.spools(), self.store.spooled()))

    def test_room_is_kept_for_who_may_prove_slow(self):
        self.config(group='conductor', spool_max_size=2 * SIZE - 1)
        with self.use(alone=True), self.use(credential_id='another') as made:
            # So this one is in memory, where nothing is shared.
            with self.use(credential_id='another') as second:
                self.assertIsNot(made, second)

    def test_what_is_in_use_makes_no_room(self):
        self.config(group='conductor', spool_max_size=SIZE)
        with self.use() as first:
            with self.use(credential_id='another') as second:
                self.assertEqual(1, self.spools())
                self.assertEqual(DATA, self.read(second))
            self.assertEqual(DATA, self.read(first))

    def test_full_file_system_has_no_room(self):
        self.useFixture(
            fixtures.MonkeyPatch(
                'os.statvfs',
                lambda path: types.SimpleNamespace(
                    f_bavail=SIZE // 1000, f_frsize=1000
                ),
            )
        )
        go_on = threading.Event()
        self.answer_when(go_on)
        with self.use() as first:
            first.wait(0, 10)
            # It is promised, though most of it is not yet taken.
            with self.use(credential_id='another') as second:
                self.assertEqual(1, self.spools())
                go_on.set()
                self.assertEqual(DATA, self.read(second))

    def test_image_of_unknown_size_takes_no_more_than_there_is(self):
        self.config(group='conductor', spool_max_size=SIZE - 1)
        self.home.on(
            'GET',
            cloud.FILE,
            lambda r: (r.head(200), r.wfile.write(DATA), r.cut()),
        )
        with self.use(size=None) as made:
            error = self.assertRaises(failure.SiteFailure, made.confirm, 10)
        self.assertEqual('spool_failed', error.code)
        self.assertIn(self.directory, error.detail)
        self.config(group='conductor', spool_max_size=SIZE)
        self.assertEqual(SIZE, self.fill(size=None).size)

    def test_missing_directory_is_told(self):
        self.config(group='conductor', spool_dir='/nonexistent')
        error = self.assertRaises(failure.SiteFailure, self.fill)
        self.assertEqual('spool_failed', error.code)
        self.assertIn('/nonexistent', error.detail)
        self.assertTrue(error.retryable)
