# SPDX-License-Identifier: Apache-2.0

import threading
from typing import Any

import ddt

from glint.conductor.copy import preflight
from glint.image import failure
from glint.tests import base
from glint.tests.unit.conductor import glance
from glint.tests.unit.image import cloud

MIB = 1024 * 1024


@ddt.ddt
class PreflightTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.west = self.useFixture(glance.Glance())

    def _refusal(
        self, *sizes: int, **fields: Any
    ) -> failure.SiteFailure | None:
        body = {
            'name': 'an image',
            'disk_format': 'raw',
            'container_format': 'bare',
            'tags': [],
            **fields,
        }
        sizes = sizes or (1,)
        return preflight.refusal(
            self.west.session(), [body] * len(sizes), sizes
        )

    def _assert_refused(
        self, found: failure.SiteFailure | None, code: str, *words: str
    ) -> None:
        self.assertIsNotNone(found)
        self.assertEqual(code, found.code)
        for word in ('west', *words):
            self.assertIn(word, found.detail)

    def _limit(self, name: str, usage: int, limit: int) -> None:
        quotas = {name: {'usage': usage, 'limit': limit}}
        self.west.reply('GET', '/v2/info/usage', 200, {'usage': quotas})

    def test_usual_image_is_not_refused(self) -> None:
        self.assertIsNone(self._refusal())

    def test_formats_and_quotas_are_asked_for_together(self) -> None:
        both = threading.Barrier(2)

        def schema(request: cloud.Request) -> None:
            both.wait(20)
            self.west._schema(request)

        def usage(request: cloud.Request) -> None:
            both.wait(20)
            request.reply(200, {'usage': {}})

        self.west.on('GET', '/v2/schemas/image', schema)
        self.west.on('GET', '/v2/info/usage', usage)
        self.assertIsNone(self._refusal())

    def test_format_is_refused_with_those_taken(self) -> None:
        found = self._refusal(disk_format='vmdk')
        self._assert_refused(
            found, 'format_refused', 'disk_format vmdk', 'raw, qcow2'
        )

    def test_site_that_lists_no_formats_is_not_second_guessed(self) -> None:
        self.west.formats = []
        self.assertIsNone(self._refusal(disk_format='vmdk'))

    def test_image_beyond_the_quota_is_refused_with_the_figures(self) -> None:
        self._limit('image_size_total', 7, 10)
        found = self._refusal(4 * MIB)
        self._assert_refused(
            found,
            'quota_exceeded',
            'image_size_total (MiB) is 10, of which 7 are used, and 4 more',
        )
        self.assertFalse(found.retryable)

    def test_images_beyond_the_quota_together_are_refused(self) -> None:
        self._limit('image_size_total', 7, 10)
        found = self._refusal(2 * MIB, 2 * MIB)
        self._assert_refused(found, 'quota_exceeded', '4 more')

    def test_image_that_fills_the_quota_is_not_refused(self) -> None:
        # As Glance itself: an image counts in whole MiB.
        self._limit('image_size_total', 7, 10)
        self.assertIsNone(self._refusal(3 * MIB + 1))

    def test_one_image_too_many_is_refused(self) -> None:
        self._limit('image_count_total', 9, 10)
        self.assertIsNone(self._refusal(1))
        found = self._refusal(1, 1)
        self._assert_refused(found, 'quota_exceeded', 'image_count_total is')

    def test_too_many_uploads_may_pass(self) -> None:
        self._limit('image_count_uploading', 2, 2)
        found = self._refusal()
        self._assert_refused(found, 'uploads_exceeded', '2 are used')
        self.assertTrue(found.retryable)

    @ddt.data('image_size_total', 'image_count_total')
    def test_no_limit_is_none(self, name: str) -> None:
        self._limit(name, 1000, -1)
        self.assertIsNone(self._refusal(4 * MIB))

    @ddt.data(401, 403, 404, 409, 500, 503)
    def test_question_without_answer_refuses_nothing(
        self, status: int
    ) -> None:
        for path in ('/v2/info/usage', '/v2/schemas/image'):
            self.west.reply('GET', path, status)
        self.assertIsNone(self._refusal(disk_format='vmdk'))

    def test_nonsense_refuses_nothing(self) -> None:
        self.west.reply('GET', '/v2/info/usage', 200, {'usage': 'much'})
        self.assertIsNone(self._refusal())

    def test_many_properties_and_tags_are_no_refusal(self) -> None:
        many = {f'p{number}': 'x' for number in range(129)}
        self.assertIsNone(self._refusal(tags=list(many), **many))

    def test_properties_beyond_the_usual_are_told_and_fields_not_counted(
        self,
    ) -> None:
        properties = {f'p{number}': 'x' for number in range(128)}
        body = {'name': 'x', 'tags': [], **properties}
        self.assertEqual([], preflight.warnings(body))
        [told] = preflight.warnings({**body, 'one_more': 'x'})
        self.assertIn('129 properties', told)

    def test_properties_that_are_one_to_mariadb_are_told(self) -> None:
        body = {'name': 'x', 'tags': [], 'Key': 'x', 'key': 'x'}
        [told] = preflight.warnings(body)
        self.assertIn('"Key", "key"', told)

    def test_answer_500_is_explained_by_what_mariadb_refuses(self) -> None:
        body = {'name': 'x', 'tags': [], 'Key': 'x', 'key': 'x'}
        for status, given, explained in (
            (500, body, True),
            (503, body, False),
            (500, {'name': 'x', 'key': 'x'}, False),
        ):
            cause = failure.classify('create', 'west', failure.Answer(status))
            cause.site_id = 'w'
            found = preflight.explained(cause, given)
            self.assertEqual(explained, '"Key", "key"' in found.detail)
            self.assertEqual(
                (cause.code, True, status, 'create', 'w'),
                (
                    found.code,
                    found.retryable,
                    found.http_status,
                    found.call,
                    found.site_id,
                ),
            )

    def test_tags_beyond_the_usual_are_told(self) -> None:
        tags = [str(number) for number in range(128)]
        self.assertEqual([], preflight.warnings({'tags': tags}))
        [told] = preflight.warnings({'tags': [*tags, 'one more']})
        self.assertIn('129 tags', told)

    @ddt.data({'name': 'x' * 256}, {'x' * 256: 'value'}, {'tags': ['x' * 256]})
    def test_long_name_is_refused(self, fields: dict[str, Any]) -> None:
        found = self._refusal(**fields)
        self._assert_refused(found, 'name_too_long', '256', '255')

    def test_image_without_name_is_not_refused(self) -> None:
        self.assertIsNone(self._refusal(name=None))
