# SPDX-License-Identifier: Apache-2.0

import logging
import urllib.parse

import ddt

from glint.image import check
from glint.image import failure
from glint.image import glance
from glint.image import images
from glint.tests import base
from glint.tests.unit.image import cloud
from glint.tests.unit.image import watch

PATH = '/v2/images/' + cloud.IMAGE_ID
IMAGE = {'id': cloud.IMAGE_ID, 'name': 'debian', 'status': 'active'}

#: Each call, and the one request that it costs.
CALLS = {
    'get': (lambda s: images.get(s, cloud.IMAGE_ID), 'GET', PATH),
    'find_by_name': (
        lambda s: images.find_by_name(s, 'debian'),
        'GET',
        '/v2/images?name=eq%3Adebian&limit=100',
    ),
    'create': (lambda s: images.create(s, IMAGE), 'POST', '/v2/images'),
    'update': (
        lambda s: images.update(s, cloud.IMAGE_ID, {'name': 'x'}),
        'PATCH',
        PATH,
    ),
    'delete': (lambda s: images.delete(s, cloud.IMAGE_ID), 'DELETE', PATH),
    'members': (
        lambda s: images.members(s, cloud.IMAGE_ID),
        'GET',
        PATH + '/members',
    ),
    'is_accepted': (
        lambda s: images.is_accepted(s, cloud.IMAGE_ID, 'p'),
        'GET',
        PATH + '/members/p',
    ),
    'add_member': (
        lambda s: images.add_member(s, cloud.IMAGE_ID, 'p'),
        'POST',
        PATH + '/members',
    ),
    'formats': (images.formats, 'GET', '/v2/schemas/image'),
    'usage': (images.usage, 'GET', '/v2/info/usage'),
}
#: What answers each of them.
BODY = {
    **IMAGE,
    'images': [IMAGE],
    'members': [{'member_id': 'p', 'status': 'accepted'}],
    'properties': {
        'disk_format': {'enum': ['raw']},
        'container_format': {'enum': ['bare']},
    },
    'usage': {'image_size_total': {'usage': 3, 'limit': 10}},
}

#: Those to which some refusals are as good as an answer.
FORGIVING = ('delete', 'is_accepted', 'add_member')


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.useFixture(cloud.Cloud())
        self.session = self.cloud.session()

    def answer(self, status: int, body: object, **headers: str) -> None:
        """Answer all requests so, once their bodies are read."""

        def answer(request: cloud.Request) -> None:
            if 'Content-Length' in request.headers:
                request.body()
            request.reply(status, body, **headers)

        for method in ('GET', 'POST', 'PATCH', 'DELETE'):
            self.cloud.on(method, '/v2/.*', answer)

    def asked(self) -> list[tuple[str, str]]:
        """What Glance was asked."""
        return [
            (request.command, request.path)
            for request in self.cloud.requests
            if 'auth' not in request.path
        ]


@ddt.ddt
class CallTest(TestCase):
    @ddt.data(*CALLS)
    def test_costs_one_request(self, name: str) -> None:
        call, *asked = CALLS[name]
        self.answer(200, BODY)
        call(self.session)
        self.assertEqual([tuple(asked)], self.asked())

    @ddt.data(*CALLS)
    def test_presents_itself_and_its_token(self, name: str) -> None:
        self.answer(200, BODY)
        CALLS[name][0](self.session)
        headers = self.cloud.requests[-1].headers
        self.assertEqual('token-1', headers['X-Auth-Token'])
        self.assertTrue(headers['User-Agent'].startswith('glint '))

    @ddt.data(*(name for name in CALLS if name not in FORGIVING))
    def test_keeps_each_status(self, name: str) -> None:
        for status in (400, 404, 409, 410, 413, 418, 429, 499, 500, 503, 599):
            for body in (b'', b'<html>', b'[]', b'{"error": null}', b'\xff'):
                self.answer(status, body, Content_Type='application/json')
                error = self.assertRaises(
                    failure.SiteFailure, CALLS[name][0], self.session
                )
                self.assertEqual(status, error.http_status)

    @ddt.data(*CALLS)
    def test_logs_neither_tokens_nor_bodies(self, name: str) -> None:
        for logger in (None, 'glanceclient', 'keystoneauth', 'urllib3'):
            known = logging.getLogger(logger)
            self.addCleanup(known.setLevel, known.level)
            known.setLevel(logging.DEBUG)
        for status in (200, 418):
            self.answer(status, {**BODY, 'repeated': 'token-1'})
            try:
                CALLS[name][0](self.session)
            except failure.SiteFailure:
                self.assertEqual(418, status)
        self.assertIn('with HTTP 200', self.logs.output)
        for secret in ('token-1', 'repeated', cloud.PASSWORD):
            self.assertNotIn(secret, self.logs.output)

    @ddt.data(
        'application/octet-stream',
        'text/html',
        'text/plain',
        'application/json; charset=nonsense',
        '',
    )
    def test_reads_json_by_whatever_name(self, content_type: str) -> None:
        said = b'{"id": "%s", "status": "active"}' % cloud.IMAGE_ID.encode()
        headers = {'Content_Type': content_type} if content_type else {}
        self.answer(200, said, **headers)
        for call in (images.get, images.find):
            found = call(self.session, cloud.IMAGE_ID)
            self.assertEqual(cloud.IMAGE_ID, found['id'])

    @ddt.data(b'', b'[]', b'null', b'5', b'"text"')
    def test_answer_that_is_no_object_says_nothing(self, body: bytes) -> None:
        self.answer(200, body, Content_Type='application/json')
        images.add_member(self.session, cloud.IMAGE_ID, 'p')
        images.delete(self.session, cloud.IMAGE_ID)
        self.assertFalse(images.is_accepted(self.session, cloud.IMAGE_ID, 'p'))
        for name in ('get', 'create', 'find_by_name', 'members', 'usage'):
            error = self.assertRaises(
                failure.SiteFailure, CALLS[name][0], self.session
            )
            self.assertEqual(
                ('bad_answer', True), (error.code, error.retryable)
            )

    def test_list_of_versions_comes_with_300(self) -> None:
        self.cloud.catalog_path = '/image'
        self.answer(200, {'images': []})
        self.cloud.reply('GET', '/image/v2/images', 200, {'images': []})
        versions = [{'id': 'v2.17', 'status': 'CURRENT'}]
        self.cloud.reply('GET', '/image/versions', 300, {'versions': versions})
        self.assertEqual('v2.17', check.check(self.session).glance_version)


@ddt.ddt
class RecordTest(TestCase):
    #: What a model, or whoever takes properties for words of its own, would
    #: trip over.
    ODD = {
        '': 'x',
        'backend': 'fast',
        'items': 'x',
        'keys': 'x',
        'limit': '1',
        'model': 'x',
        'schema': 'x',
        'tag': 'x',
        'validate': 'x',
        'wrapped': 'x',
        '__class__': 'x',
        'size': None,
        'number': 5,
        'nested': {'a': [{}]},
    }

    def test_comes_as_it_is(self) -> None:
        record = {**IMAGE, **self.ODD}
        self.answer(200, {**record, 'images': [record]})
        for found in (
            images.get(self.session, cloud.IMAGE_ID),
            *images.find_by_name(self.session, 'debian'),
        ):
            self.assertIs(dict, type(found))
            found.pop('images', None)
            self.assertEqual(record, found)

    def test_goes_as_it_is(self) -> None:
        kept = []

        def answer(request: cloud.Request) -> None:
            kept.append((request.headers, request.json()))
            request.reply(201, IMAGE)

        self.cloud.on('POST', '/v2/images', answer)
        record = {**IMAGE, **self.ODD, 'self': 'x'}
        images.create(self.session, record)
        [(headers, body)] = kept
        self.assertEqual(record, body)
        self.assertNotIn('x-image-meta-store', headers)
        self.assertEqual('application/json', headers['Content-Type'])

    def test_id_is_one_segment_of_a_path(self) -> None:
        odd = 'a/../b?c#d%2f'
        self.answer(404, b'')
        images.find(self.session, odd)
        images.delete(self.session, odd)
        images.is_accepted(self.session, odd, odd)
        quoted = urllib.parse.quote(odd, '')
        self.assertEqual(
            [
                ('GET', '/v2/images/' + quoted),
                ('DELETE', '/v2/images/' + quoted),
                ('GET', f'/v2/images/{quoted}/members/{quoted}'),
            ],
            self.asked(),
        )


@ddt.ddt
class AddressTest(TestCase):
    """An address that a site gives, which glanceclient would follow."""

    def setUp(self) -> None:
        super().setUp()
        self.other = self.useFixture(cloud.Cloud())
        self.watch = self.useFixture(watch.Watch())

    @ddt.data(
        '{other}/v2/images',
        '//{host}/v2/images',
        '@{host}/v2/images',
        ':@{host}/v2/images',
        '/@{host}/v2/images',
        '/\\{host}/v2/images',
        '.example.org/v2/images',
        'file:///etc/passwd',
        ' {other}/v2/images',
        '\r\nX: y',
        '%(user_id)s',
        '',
    )
    def test_leads_nowhere_else(self, link: str) -> None:
        host = self.other.url.partition('//')[2]
        following = link.format(other=self.other.url, host=host)
        self.cloud.reply(
            'GET', '/v2/images', 200, {'images': [IMAGE], 'next': following}
        )
        self.cloud.answers.append(
            ('GET', '/.*@.*|//.*|/\\\\.*', lambda r: r.reply(404))
        )
        with glance.client(self.session, 'list') as client:
            pages = client.images.list()
            self.assertEqual(IMAGE, next(pages))
        error = self.assertRaises(failure.SiteFailure, self._read, pages)
        self.assertIn(error.code, ('bad_answer', 'not_found'))
        self.assertEqual([], self.other.requests)
        self.assertEqual({'127.0.0.1'}, self.watch.hosts)

    def _read(self, pages: object) -> None:
        with self.session.calling('list'):
            next(pages)
