# SPDX-License-Identifier: Apache-2.0

"""Tests of the listing of a site's images."""

from typing import Any
import urllib.parse
import uuid

import ddt

from glint.image import failure
from glint.image import listing
from glint.tests import base
from glint.tests.unit.image import cloud

IMAGE = {
    'id': cloud.IMAGE_ID,
    'name': 'debian',
    'status': 'active',
    'visibility': 'shared',
    'os_hidden': False,
    'protected': True,
    'owner': 'p1',
    'size': 7,
    'disk_format': 'raw',
    'container_format': 'bare',
    'checksum': 'd' * 32,
    'os_hash_algo': 'sha512',
    'os_hash_value': 'e' * 128,
    'updated_at': '2026-11-23T20:00:00Z',
}


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.useFixture(cloud.Cloud())
        self.session = self.cloud.session()

    def answer(self, *pages: Any) -> None:
        """Answer with one page after the other, the last one for ever."""
        left = list(pages)

        def reply(request: cloud.Request) -> None:
            page = left.pop(0) if len(left) > 1 else left[0]
            request.reply(*page) if isinstance(page, tuple) else request.reply(
                200, page
            )

        self.cloud.on('GET', '/v2/images', reply)

    def read(self, scope: str = 'default', limit: int = 100) -> Any:
        return listing.read(self.session, scope, limit)

    def fails(self, limit: int = 100) -> failure.SiteFailure:
        error: failure.SiteFailure = self.assertRaises(
            failure.SiteFailure, self.read, limit=limit
        )
        return error

    def asked(self) -> list[dict[str, str]]:
        """Return the queries that came."""
        return [
            dict(urllib.parse.parse_qsl(request.path.partition('?')[2]))
            for request in self.cloud.sent('GET', '/v2/images')
        ]


def _image(**fields: Any) -> dict[str, Any]:
    return {**IMAGE, 'id': str(uuid.uuid4()), **fields}


def _page(*images: Any, marker: str | None = None, **fields: Any) -> Any:
    page = {'images': list(images), **fields}
    if marker:
        page['next'] = f'/v2/images?limit=1&marker={marker}'
    return page


@ddt.ddt
class PagesTest(TestCase):
    def test_all_pages_are_read(self) -> None:
        images = [_image() for _number in range(3)]
        self.answer(
            _page(images[0], marker=images[0]['id']),
            _page(images[1], marker=images[1]['id']),
            _page(images[2]),
        )
        found = self.read()
        self.assertTrue(found.complete)
        self.assertEqual(
            [image['id'] for image in images],
            [image['id'] for image in found.images],
        )
        self.assertEqual(
            [None, images[0]['id'], images[1]['id']],
            [query.get('marker') for query in self.asked()],
        )

    @ddt.data(
        ('default', {}),
        ('hidden', {'os_hidden': 'true'}),
        ('community', {'visibility': 'community'}),
        ('pending', {'visibility': 'shared', 'member_status': 'pending'}),
    )
    @ddt.unpack
    def test_scope_is_asked_for(
        self, scope: str, filters: dict[str, str]
    ) -> None:
        self.answer(_page())
        self.read(scope)
        self.assertEqual([{'limit': '101', **filters}], self.asked())

    def test_other_host_is_not_followed(self) -> None:
        other = self.useFixture(cloud.Cloud())
        marker = str(uuid.uuid4())
        link = f'{other.url}/v2/images?marker={marker}&x=y'
        self.answer(_page(_image(), next=link), _page())
        self.read()
        self.assertEqual([], other.requests)
        self.assertEqual({'limit': '101', 'marker': marker}, self.asked()[1])

    def test_more_images_than_the_limit_are_cut(self) -> None:
        images = [_image() for _number in range(4)]
        self.answer(
            _page(*images[:2], marker=images[1]['id']), _page(*images[2:])
        )
        found = self.read(limit=3)
        self.assertFalse(found.complete)
        self.assertEqual(3, len(found.images))

    def test_as_many_images_as_the_limit_are_complete(self) -> None:
        self.answer(_page(_image(), _image()))
        self.assertTrue(self.read(limit=2).complete)

    def test_pages_in_a_circle_are_told(self) -> None:
        first, second = _image(), _image()
        self.answer(
            _page(first, marker=first['id']),
            _page(second, marker=second['id']),
            _page(first, marker=first['id']),
        )
        self.assertIn('do not come to an end', self.fails().detail)
        self.assertEqual(3, len(self.asked()))

    def test_pages_without_end_are_told(self) -> None:
        def reply(request: cloud.Request) -> None:
            request.reply(200, _page(marker=str(uuid.uuid4())))

        self.cloud.on('GET', '/v2/images', reply)
        self.assertIn('do not come to an end', self.fails().detail)
        self.assertEqual(12, len(self.asked()))

    def test_marker_that_is_gone_begins_anew(self) -> None:
        images = [_image(), _image()]
        self.answer(
            _page(*images, marker=images[1]['id']), (404, {}), _page(images[0])
        )
        self.assertEqual(1, len(self.read().images))

    def test_marker_that_is_gone_twice_is_told(self) -> None:
        image = _image()
        page = _page(image, marker=image['id'])
        self.answer(page, (400, {}), page, (400, {}))
        self.assertEqual(400, self.fails().http_status)

    @ddt.data(
        [],
        'text',
        {},
        {'images': {}},
        _page(next=7),
        _page(next='http://['),
        _page(next='/v2/images?marker=x'),
    )
    def test_answer_that_is_none_is_told(self, body: Any) -> None:
        self.answer(body)
        self.assertEqual('bad_answer', self.fails().code)


@ddt.ddt
class RecordTest(TestCase):
    def checked(self, **fields: Any) -> Any:
        self.answer(_page(_image(**fields)))
        [image] = self.read().images
        return image

    def test_good_record_is_taken(self) -> None:
        image = self.checked()
        expected = {**IMAGE, 'id': image['id']}
        for key in ('os_hash_algo', 'os_hash_value'):
            del expected[key]
        self.assertEqual({**expected, 'content': 'sha512:' + 'e' * 128}, image)

    @ddt.data(
        None,
        7,
        [],
        {},
        {**IMAGE, 'id': 7},
        {**IMAGE, 'id': 'x'},
        {**IMAGE, 'status': 'deleted'},
        {**IMAGE, 'status': 'pending_delete'},
        {**IMAGE, 'status': ['active']},
        {**IMAGE, 'status': None},
    )
    def test_what_is_no_image_is_left_out(self, record: Any) -> None:
        self.answer(_page(record, _image()))
        self.assertEqual(1, len(self.read().images))

    @ddt.data(
        ('name', 7),
        ('name', 'x' * 256),
        ('name', ''),
        ('visibility', 'secret'),
        ('visibility', {}),
        ('owner', []),
        ('size', -1),
        ('size', 2**63),
        ('size', True),
        ('size', 1.5),
        ('size', '7'),
        ('disk_format', 'x' * 65),
        ('container_format', 0),
        ('checksum', 'x' * 32),
        ('checksum', 'd' * 31),
        ('updated_at', 'yesterday'),
        ('updated_at', 7),
    )
    @ddt.unpack
    def test_bad_value_is_none(self, field: str, value: Any) -> None:
        self.assertIsNone(self.checked(**{field: value})[field])

    @ddt.data(
        ('os_hash_algo', None),
        ('os_hash_algo', 'rot13'),
        ('os_hash_algo', []),
        ('os_hash_value', None),
        ('os_hash_value', 7),
        ('os_hash_value', 'x' * 128),
        ('os_hash_value', 'e' * 1000),
    )
    @ddt.unpack
    def test_bad_hash_leaves_the_checksum(
        self, field: str, value: Any
    ) -> None:
        self.assertEqual(
            'md5:' + 'd' * 32, self.checked(**{field: value})['content']
        )

    def test_no_hash_at_all_is_none(self) -> None:
        image = self.checked(os_hash_value=None, checksum=None)
        self.assertIsNone(image['content'])

    @ddt.data('queued', 'saving', 'importing', 'uploading')
    def test_hash_without_data_counts_for_nothing(self, status: str) -> None:
        image = self.checked(status=status)
        self.assertEqual(
            (status, None, None),
            (image['status'], image['content'], image['checksum']),
        )

    def test_half_a_character_is_replaced(self) -> None:
        self.assertEqual('a?b', self.checked(name='a\ud800b')['name'])

    def test_digits_are_made_small(self) -> None:
        image = self.checked(os_hash_value='E' * 128)
        self.assertEqual('sha512:' + 'e' * 128, image['content'])


class WholeTest(TestCase):
    def whole(self, limit: int = 100) -> listing.Listing:
        return listing.read_whole(self.session, limit)

    def test_records_have_all_properties(self) -> None:
        image = _image(os_distro='debian', tags=['a'])
        hidden = _image(os_hidden=True)
        self.answer(_page(image), _page(hidden))
        found = self.whole()
        self.assertTrue(found.complete)
        self.assertEqual([image, hidden], found.images)
        self.assertEqual(
            [None, 'true'], [q.get('os_hidden') for q in self.asked()]
        )

    def test_record_that_is_none_makes_the_listing_incomplete(self) -> None:
        image = _image()
        self.answer(_page(_image(size='x'), image, None), _page())
        found = self.whole()
        self.assertFalse(found.complete)
        self.assertEqual([image], found.images)

    def test_more_than_the_limit_makes_the_listing_incomplete(self) -> None:
        images = [_image() for _number in range(3)]
        self.answer(_page(*images), _page())
        found = self.whole(2)
        self.assertFalse(found.complete)
        self.assertEqual(images[:2], found.images)

    def test_as_many_as_the_limit_are_all(self) -> None:
        self.answer(_page(_image(), _image()), _page())
        self.assertTrue(self.whole(2).complete)

    def test_page_that_fails_is_a_failure(self) -> None:
        image = _image()
        self.answer(_page(image, marker=image['id']), (500, {}))
        self.assertRaises(failure.SiteFailure, self.whole)
