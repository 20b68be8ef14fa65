# SPDX-License-Identifier: Apache-2.0

"""Tests of the listings of images."""

from datetime import datetime
from datetime import timedelta
from typing import Any

from glint import states
from glint.db import credential as db_credential
from glint.db import image_listing
from glint.db import models
from glint.tests.unit.db import base

IMAGE = {
    'id': '6a6b8b90-6b1e-4a7e-9a3f-2f0d6a3d7f11',
    'name': 'Debian \N{SNOWMAN}',
    'status': 'active',
    'visibility': 'private',
    'os_hidden': False,
    'protected': True,
    'owner': 'p1',
    'size': 2**40,
    'disk_format': 'qcow2',
    'container_format': 'bare',
    'checksum': 'd' * 32,
    'content': 'sha512:' + 'e' * 128,
    'updated_at': '2026-11-23T20:00:00Z',
}


class ListingTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        credential = self.add_credential(self.add_site().id)
        self.key = image_listing.Key(credential.id, 'default')
        self.now = image_listing.now(self.context)

    def listed(self, *images: Any, age: float = 0, **values: Any) -> datetime:
        asked_at = self.now - timedelta(seconds=age)
        image_listing.listed(
            self.context, self.key, asked_at, images, **values
        )
        return asked_at

    def failed(self, age: float = 0) -> datetime:
        asked_at = self.now - timedelta(seconds=age)
        image_listing.failed(
            self.context,
            self.key,
            asked_at,
            states.LISTING_UNREACHABLE,
            'gone',
        )
        return asked_at

    def found(self) -> image_listing.Listing:
        return image_listing.index(self.context, [self.key.credential_id])[
            self.key
        ]

    def images(self) -> list[image_listing.Image]:
        return list(image_listing.images(self.context, self.key))

    def test_images_come_back_as_they_were(self) -> None:
        other = {**dict.fromkeys(IMAGE), 'id': 'x', 'os_hidden': True}
        self.listed(IMAGE, other)
        first, second = self.images()
        kind = first.kind._asdict()
        self.assertEqual(
            {key: IMAGE[key] for key in kind},
            kind,
        )
        rest = first._asdict()
        del rest['kind']
        self.assertEqual(IMAGE, {**rest, **kind})
        self.assertEqual(('x', True), (second.id, second.kind.os_hidden))

    def test_listing_says_when_and_how_it_went(self) -> None:
        asked_at = self.listed(IMAGE, age=60, detail='some')
        found = self.found()
        self.assertEqual(
            (states.LISTING_OK, 'some', asked_at, asked_at), found[:4]
        )
        self.assertLess(59, found.age.total_seconds())

    def test_failure_keeps_what_was_listed_before(self) -> None:
        listed_at = self.listed(IMAGE, age=60, detail='some')
        asked_at = self.failed()
        self.assertEqual(
            (states.LISTING_UNREACHABLE, 'gone', asked_at, listed_at),
            self.found()[:4],
        )
        self.assertEqual(1, len(self.images()))

    def test_success_replaces_everything(self) -> None:
        self.listed(IMAGE, age=60)
        self.failed(age=30)
        asked_at = self.listed()
        self.assertEqual(
            (states.LISTING_OK, None, asked_at, asked_at), self.found()[:4]
        )
        self.assertEqual([], self.images())

    def test_failure_at_first_has_no_images(self) -> None:
        self.failed()
        self.assertIsNone(self.found().listed_at)
        self.assertEqual([], self.images())

    def test_answer_that_was_asked_for_earlier_changes_nothing(self) -> None:
        asked_at = self.listed(IMAGE)
        self.listed(age=5)
        self.failed(age=5)
        self.assertEqual(asked_at, self.found().asked_at)
        self.assertEqual(1, len(self.images()))

    def test_two_first_answers_leave_one(self) -> None:
        self.together(
            lambda: self.listed(IMAGE, age=1), lambda: self.listed(age=0)
        )
        self.assertEqual([], self.images())
        self.assertEqual(1, len(self.rows()['image_listings']))

    def test_scopes_are_kept_apart(self) -> None:
        self.listed(IMAGE)
        hidden = self.key._replace(scope='hidden')
        image_listing.listed(self.context, hidden, self.now, [])
        found = image_listing.index(self.context, [hidden.credential_id])
        self.assertEqual({self.key, hidden}, set(found))
        self.assertEqual(1, len(self.images()))

    def test_others_are_not_read(self) -> None:
        self.listed(IMAGE)
        self.assertEqual({}, image_listing.index(self.context, ['other']))
        self.assertEqual({}, image_listing.index(self.context, []))

    def test_listing_goes_with_its_credential(self) -> None:
        self.listed(IMAGE)
        db_credential.delete(self.context, self.key.credential_id)
        self.assertEqual([], self.rows()['image_listings'])
        # Nor does one come that was asked for before.
        self.listed(IMAGE)
        self.assertEqual([], self.rows()['image_listings'])

    def test_large_listing_is_kept(self) -> None:
        images = [{**IMAGE, 'name': f'{n:0250}'} for n in range(3000)]
        self.listed(*images)
        self.assertEqual(images[-1]['name'], self.images()[2999].name)

    def test_purge_removes_what_nobody_asks_for(self) -> None:
        self.listed(IMAGE, age=90000)
        age = timedelta(days=1)
        self.failed(age=3600)
        self.assertEqual((0, 0), image_listing.purge(self.context, age))
        row = self.rows()['image_listings'][0]
        self.set_columns(
            models.ImageListing,
            row['id'],
            asked_at=self.now - timedelta(days=2),
        )
        self.assertEqual((1, 0), image_listing.purge(self.context, age))
        self.assertEqual([], self.rows()['image_listings'])
