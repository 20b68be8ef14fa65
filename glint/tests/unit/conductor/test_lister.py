# SPDX-License-Identifier: Apache-2.0

"""Tests of the lister."""

import threading
from typing import Any

from glint import states
from glint.conductor import lister
from glint.db import credential as db_credential
from glint.db import image_listing
from glint.db import site as db_site
from glint.tests.unit.conductor import base
from glint.tests.unit.image import cloud

Key = image_listing.Key

#: Seconds in which everything here happens, or fails.
WAIT = 30
LIST = '/v2/images'
TOKENS = '/v3/auth/tokens'


class ListerTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.lister = lister.Lister()
        self.addCleanup(self.lister.stop)
        self.key = Key(self.west_credential_id, 'default')

    def refresh(self, *keys: Key, wait: float = WAIT) -> None:
        self.lister.refresh(self.context, keys or [self.key], wait)

    def found(self, key: Key | None = None) -> Any:
        key = key or self.key
        found = image_listing.index(self.context, [key.credential_id])
        return found.get(key)

    def names(self, key: Key | None = None) -> list[str | None]:
        images = image_listing.images(self.context, key or self.key)
        return [image.name for image in images]

    def hold(self, place: cloud.Cloud) -> tuple[Any, Any]:
        """Let a site keep those waiting who ask for its images.

        :returns: an event that is set when one asks, and one to set.
        """
        asked, answer = threading.Event(), threading.Event()
        self.addCleanup(answer.set)

        def reply(request: cloud.Request) -> None:
            asked.set()
            answer.wait(WAIT)
            request.reply(200, {'images': []})

        place.on('GET', LIST, reply)
        return asked, answer

    def test_images_are_written_down(self) -> None:
        self.west.add(base.IMAGE_ID, b'data', name='debian')
        self.refresh()
        found = self.found()
        self.assertEqual((states.LISTING_OK, None), found[:2])
        self.assertEqual(found.asked_at, found.listed_at)
        self.assertEqual(['debian'], self.names())

    def test_site_with_too_many_images_is_told(self) -> None:
        self.config(group='conductor', max_listed_images=2)
        for _number in range(3):
            self.west.add(self.new_id(), b'data')
        self.refresh()
        self.assertEqual(2, len(self.names()))
        self.assertEqual(states.LISTING_OK, self.found().state)
        self.assertIn('newest 2', self.found().detail)

    def test_all_are_asked_at_the_same_time(self) -> None:
        other = Key(self.home_credential_id, 'default')
        both = threading.Barrier(2)

        def reply(request: cloud.Request) -> None:
            both.wait(WAIT)
            request.reply(200, {'images': []})

        for place in (self.home, self.west):
            place.on('GET', LIST, reply)
        self.refresh(self.key, other)
        self.assertEqual(
            ['ok', 'ok'], [self.found().state, self.found(other).state]
        )

    def test_what_runs_already_is_waited_for(self) -> None:
        asked, answer = self.hold(self.west)
        self.refresh(wait=0)
        self.assertTrue(asked.wait(WAIT))
        self.assertIsNone(self.found())
        second = threading.Thread(target=self.refresh)
        second.start()
        answer.set()
        second.join(WAIT)
        self.assertEqual(states.LISTING_OK, self.found().state)
        self.assertEqual(1, len(self.west.sent('GET', LIST)))

    def test_what_ended_is_asked_again(self) -> None:
        self.refresh()
        self.west.add(base.IMAGE_ID, b'data')
        self.refresh()
        self.assertEqual(['an image'], self.names())

    def test_failure_keeps_the_images(self) -> None:
        self.west.add(base.IMAGE_ID, b'data')
        self.refresh()
        listed_at = self.found().listed_at
        self.west.reply('GET', LIST, 503, {'message': 'busy'})
        self.refresh()
        found = self.found()
        self.assertEqual(states.LISTING_UNREACHABLE, found.state)
        self.assertIn('busy', found.detail)
        self.assertEqual(listed_at, found.listed_at)
        self.assertGreater(found.asked_at, listed_at)
        self.assertEqual(['an image'], self.names())

    def test_answer_that_is_none_is_told(self) -> None:
        self.west.reply('GET', LIST, 200, {'images': 7})
        self.refresh()
        self.assertEqual(states.LISTING_UNREACHABLE, self.found().state)

    def test_refused_credential_is_told_and_noted(self) -> None:
        self.west.reply(
            'POST', TOKENS, 404, {'error': {'message': 'Could not find it.'}}
        )
        self.refresh()
        self.assertEqual(states.LISTING_UNAUTHORIZED, self.found().state)
        self.assertIn('Could not find it', self.found().detail)
        found = db_credential.get(
            self.context, self.west_credential_id, None, None
        )
        self.assertEqual(states.CREDENTIAL_UNAUTHORIZED, found.state)
        asked = len(self.west.requests)
        self.refresh()
        # Nobody logs in to hear it again.
        self.assertEqual(asked, len(self.west.requests))
        self.assertIn('Could not find it', self.found().detail)

    def test_role_that_may_not_list_is_told(self) -> None:
        self.west.reply('GET', LIST, 403, {'message': 'no'})
        self.refresh()
        self.assertEqual(states.LISTING_UNAUTHORIZED, self.found().state)

    def test_site_that_takes_too_long_is_cut(self) -> None:
        self.config(group='conductor', listing_timeout=0.2)
        self.hold(self.west)
        self.refresh()
        self.assertEqual(states.LISTING_UNREACHABLE, self.found().state)
        self.assertIn('within 0.2 seconds', self.found().detail)

    def test_stop_cuts_what_runs(self) -> None:
        asked, _answer = self.hold(self.west)
        self.refresh(wait=0)
        self.assertTrue(asked.wait(WAIT))
        self.lister.stop()
        self.assertIsNone(self.found())

    def test_credential_that_is_gone_is_nothing(self) -> None:
        key = Key(self.new_id(), 'default')
        self.refresh(key)
        self.assertIsNone(self.found(key))
        self.assertEqual('', self.logs.output)

    def test_site_that_is_disabled_is_not_asked(self) -> None:
        db_site.update(self.context, self.west_id, enabled=False)
        self.refresh()
        self.assertEqual([], self.west.requests)
        self.assertIn('disabled', self.found().detail)

    def test_one_that_breaks_hinders_no_other(self) -> None:
        broken = Key(self.west_credential_id, 'no such scope')
        self.refresh(broken, self.key)
        self.assertEqual(states.LISTING_OK, self.found().state)
        self.assertIn('were not listed', self.logs.output)
        # And can be asked for again.
        self.refresh(broken)
