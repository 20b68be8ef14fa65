# SPDX-License-Identifier: Apache-2.0

"""Answers that are meant to harm whoever reads them.

Each kind of answer that Glint reads is given in each bad way; it has to fail,
as a failure of the site, soon and without taking much memory.
"""

import contextlib
import gzip
import itertools
import json
import logging
import time
import tracemalloc
import uuid

import ddt

from glint import interrupt
from glint.image import check
from glint.image import failure
from glint.image import images
from glint.stream import download
from glint.tests import base
from glint.tests.unit.image import cloud

#: Seconds that an answer may take, and that a test then takes at most.
SECONDS = 0.3
MAX_SECONDS = 8
MAX_MEMORY = 150 * 1024 * 1024

OIDC_AUTH = '/v3/OS-FEDERATION/identity_providers/i/protocols/p/auth'


def _raw(head, body=b''):
    return lambda request: request.wfile.write(head + body)


def _forever(head, piece, pause=0.0):
    def answer(request):
        request.wfile.write(head)
        while not request.cloud.stopping.wait(pause):
            request.wfile.write(piece)

    return answer


def _body(data, **headers):
    return lambda request: request.reply(
        200, data, Content_Type='application/json', **headers
    )


OK = b'HTTP/1.1 200 OK\r\n'
JSON = OK + b'Content-Type: application/json\r\n'
UNTIL_CLOSED = JSON + b'Connection: close\r\n\r\n'
CHUNKED = JSON + b'Transfer-Encoding: chunked\r\n\r\n'

#: What is wrong with how an answer comes.
WAYS = {
    'endless body': _forever(UNTIL_CLOSED, b'[' * 65536),
    'endless chunks': _forever(CHUNKED, b'10000\r\n' + b' ' * 65536 + b'\r\n'),
    'endless chunk size': _forever(CHUNKED, b'0' * 65536),
    'endless chunk extension': _forever(CHUNKED + b'1;', b'x' * 65536),
    'endless trailers': _forever(CHUNKED + b'0\r\n', b'X: y\r\n' * 1000),
    'huge length': _forever(
        JSON + b'Content-Length: 99999999999\r\n\r\n', b' ' * 65536
    ),
    'negative length': _raw(JSON + b'Content-Length: -1\r\n\r\n', b'{'),
    'cut off': _raw(JSON + b'Content-Length: 9\r\n\r\n', b'{'),
    'silence': lambda request: request.cloud.stopping.wait(30),
    'silence after head': _forever(UNTIL_CLOSED, b'', 30),
    'dripping body': _forever(UNTIL_CLOSED, b' ', 0.05),
    'dripping head': _forever(OK, b'X', 0.05),
    'dripping chunks': _forever(CHUNKED, b'1\r\n \r\n', 0.05),
    'endless header': _forever(OK, b'X' * 65536),
    'flood of headers': _forever(OK, b'X: y\r\n' * 1000),
    'endless continue': _forever(b'', b'HTTP/1.1 100 Continue\r\n\r\n' * 99),
    'dripping continue': _forever(b'', b'HTTP/1.1 100 C\r\n\r\n', 0.05),
    'no HTTP': _raw(b'SSH-2.0-OpenSSH_9.2\r\n'),
    'bad status': _raw(b'HTTP/1.1 9999999999 X\r\n\r\n'),
    'gzip bomb': _body(
        gzip.compress(b' ' * 50_000_000), Content_Encoding='gzip'
    ),
    'named gzip': _body(b'{}', Content_Encoding='gzip'),
}

#: What is wrong with what it says.
CONTENTS = {
    'empty': _body(b''),
    'no JSON': _body(b'<html>'),
    'no UTF-8': _body(b'\xff\xfe\x00'),
    'deep lists': _body(b'[' * 1_000_000),
    'deep objects': _body(b'{"a":' * 1_000_000),
    'many lists': _body(b'[' + b'[],' * 4_000_000 + b'[]]'),
    'many objects': _body(b'[' + b'{},' * 4_000_000 + b'{}]'),
    'many numbers': _body(b'[' + b'0.1,' * 3_000_000 + b'0]'),
    'huge integer': _body(b'1' * 1_000_000),
    'NaN': _body(b'NaN'),
    'Infinity': _body(b'-Infinity'),
    'null': _body(b'null'),
    'number': _body(b'5'),
    'text': _body(b'"text"'),
    'list': _body(b'[]'),
    'list of null': _body(b'[null]'),
    'empty object': _body(b'{}'),
}

#: Texts that nobody can keep or pass on.
TEXTS = ('"\\ud800"', '"a\\u0000"', '"%s"' % ('x' * 100_000))
#: Values that no field of an answer has.
VALUES = (
    'null',
    '5',
    '-1',
    'true',
    'NaN',
    '1e999',
    '9' * 40,
    '[]',
    '{}',
    '[[]]',
    '"x"',
    *TEXTS,
)


class Ask:
    """The calls, each with the request that it is about to be answered."""

    @staticmethod
    def token(session):
        return session.fresh_token()

    @staticmethod
    def record(session):
        return images.get(session, cloud.IMAGE_ID)

    @staticmethod
    def listing(session):
        return images.find_by_name(session, 'x')

    @staticmethod
    def created(session):
        return images.create(session, {})

    @staticmethod
    def checked(session):
        return check.check(session)

    @staticmethod
    def data(session):
        return download.open_source(
            session,
            cloud.IMAGE_ID,
            interrupt=interrupt.Interrupt(),
            timeout=SECONDS,
        )


#: Method and path of the answer, and who reads it.
CALLS = {
    'token': ('POST', '/v3/auth/tokens', Ask.token),
    'record': ('GET', '/v2/images/.*', Ask.record),
    'listing': ('GET', '/v2/images', Ask.listing),
    'created': ('POST', '/v2/images', Ask.created),
    'checked': ('GET', '/v2/images', Ask.checked),
    'discovery': ('GET', '/discovery', Ask.token),
    'oidc': ('POST', '/oidc', Ask.token),
    'federation': ('POST', OIDC_AUTH, Ask.token),
}


class TestCase(base.TestCase):
    #: How long an answer may take.
    seconds = SECONDS

    def setUp(self):
        super().setUp()
        # It logs each answer as a whole.
        logger = logging.getLogger('keystoneauth')
        self.addCleanup(logger.setLevel, logger.level)
        logger.setLevel(logging.INFO)
        self.cloud = self.useFixture(cloud.Cloud())
        self.cloud.reply('GET', '/v2/images', 200, {'images': []})
        self.cloud.on('POST', '/oidc', self._issue)
        self.cloud.reply(
            'GET',
            '/discovery',
            200,
            {'token_endpoint': self.cloud.url + '/oidc'},
        )

    @staticmethod
    def _issue(request):
        request.body()
        request.reply(200, {'access_token': 'a'})

    def session(self, call, seconds=None):
        kwargs = {}
        if call in ('discovery', 'oidc', 'federation'):
            kwargs = {
                'auth_type': 'v3oidcclientcredentials',
                'auth': {
                    'client_id': 'c',
                    'client_secret': cloud.PASSWORD,
                    'identity_provider': 'i',
                    'protocol': 'p',
                    'project_id': cloud.PROJECT_ID,
                    'discovery_endpoint': self.cloud.url + '/discovery',
                },
            }
        return self.cloud.session(
            answer_timeout=seconds or self.seconds, **kwargs
        )

    def fails(self, call, seconds=None):
        """The call fails in time and memory, as a failure of the site."""
        session = self.session(call, seconds)
        if call not in ('token', 'discovery', 'oidc', 'federation'):
            _log_in(session)
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        started = time.monotonic()
        error = self.assertRaises(failure.SiteFailure, CALLS[call][2], session)
        self.assertLess(time.monotonic() - started, MAX_SECONDS)
        self.assertLess(tracemalloc.get_traced_memory()[1], MAX_MEMORY)
        self.assertLessEqual(len(error.detail), failure.MAX_DETAIL)
        self.assertNotIn(cloud.PASSWORD, error.detail)
        return error


def _log_in(session):
    """Get a token first, however busy the machine is."""
    for _number in range(20):
        with contextlib.suppress(failure.SiteFailure):
            session.token()
            return
    session.token()


@ddt.ddt
class AttackTestCase(TestCase):
    @ddt.data(*itertools.product(('token', 'listing', 'oidc'), WAYS))
    @ddt.unpack
    def test_way(self, call, attack):
        method, path, _ask = CALLS[call]
        self.cloud.on(method, path, WAYS[attack])
        self.fails(call)

    @ddt.data(*itertools.product(CALLS, CONTENTS))
    @ddt.unpack
    def test_content(self, call, attack):
        method, path, _ask = CALLS[call]
        self.cloud.on(method, path, CONTENTS[attack])
        self.fails(call)

    @ddt.data(*itertools.product(('record', 'listing', 'token'), (401, 500)))
    @ddt.unpack
    def test_endless_error(self, call, status):
        method, path, _ask = CALLS[call]
        head = b'HTTP/1.1 %d X\r\nConnection: close\r\n\r\n' % status
        self.cloud.on(method, path, _forever(head, b'x' * 65536))
        self.fails(call)

    @ddt.data(*itertools.product(('record', 'listing', 'token'), (403, 503)))
    @ddt.unpack
    def test_long_error_is_cut(self, call, status):
        method, path, _ask = CALLS[call]
        self.cloud.reply(
            method, path, status, {'error': {'message': 'x' * 1_000_000}}
        )
        self.assertEqual(status, self.fails(call, 30).http_status)

    @ddt.data(
        'bad status',
        'dripping continue',
        'dripping head',
        'endless continue',
        'endless header',
        'flood of headers',
        'named gzip',
        'no HTTP',
        'silence',
    )
    def test_head_of_data(self, attack):
        self.cloud.on('GET', cloud.FILE, WAYS[attack])
        self._fails_as_data()

    @ddt.data(b' ' * 65536, b' ')
    def test_error_instead_of_data(self, piece):
        head = b'HTTP/1.1 404 X\r\nConnection: close\r\n\r\n'
        pause = 0.05 if len(piece) == 1 else 0
        self.cloud.on('GET', cloud.FILE, _forever(head, piece, pause))
        self._fails_as_data()

    def _fails_as_data(self):
        session = self.session('record')
        _log_in(session)
        started = time.monotonic()
        self.assertRaises(failure.SiteFailure, Ask.data, session)
        self.assertLess(time.monotonic() - started, MAX_SECONDS)


#: Fields, and the only values above that they may have.
RECORD_FIELDS = {
    'id': ('"x"',),
    'owner': ('"x"', 'null'),
    'status': ('"x"',),
    'name': ('"x"', 'null'),
    'size': ('5', 'null'),
    'checksum': ('"x"', 'null'),
    'os_hash_algo': ('"x"', 'null'),
    'os_hash_value': ('"x"', 'null'),
    'disk_format': ('"x"', 'null'),
    'container_format': ('"x"', 'null'),
    'visibility': ('"x"', 'null'),
    'tags': ('[]', 'null'),
}


@ddt.ddt
class FieldTestCase(TestCase):
    """A field of a value that it never has."""

    #: Here the answers are quick, and the reason of the failure counts.
    seconds = 30

    @ddt.data(
        *(
            (field, value)
            for field, fit in RECORD_FIELDS.items()
            for value in VALUES
            if value not in fit
        )
    )
    @ddt.unpack
    def test_of_record(self, field, value):
        record = {'id': cloud.IMAGE_ID, 'status': 'active', 'name': 'x'}
        text = json.dumps({**record, field: '@'}).replace('"@"', value)
        self.cloud.on('GET', '/v2/images/.*', _body(text.encode()))
        text = '{"images": [%s]}' % text
        self.cloud.on('GET', '/v2/images', _body(text.encode()))
        for call in ('record', 'listing'):
            error = self.fails(call)
            self.assertEqual('bad_answer', error.code)
            self.assertTrue(error.detail.isprintable())
            self.assertFalse(error.retryable)
        self.assertNotIn('Traceback', self.logs.output)

    @ddt.data(
        '"p": "\\ud800"',
        '"\\udc00": "x"',
        '"a\\u0000": "x"',
        '"%s": "x"' % ('p' * 256),
        '"tags": ["\\ud800"]',
        '"tags": ["%s"]' % ('t' * 256),
    )
    def test_of_record_with_text_that_nobody_keeps(self, field):
        text = '{"id": "%s", "status": "active", %s}' % (cloud.IMAGE_ID, field)
        self.cloud.on('GET', '/v2/images/.*', _body(text.encode()))
        error = self.fails('record')
        self.assertEqual(('bad_answer', False), (error.code, error.retryable))
        self.assertTrue(error.detail.isprintable())

    def test_record_of_another_image(self):
        record = {'id': str(uuid.uuid4()), 'status': 'active'}
        self.cloud.reply('GET', '/v2/images/.*', 200, record)
        self.assertEqual('bad_answer', self.fails('record').code)

    @ddt.data(*TEXTS)
    def test_of_member(self, value):
        text = '{"members": [{"status": "accepted", "member_id": %s}]}' % value
        self.cloud.on('GET', '/v2/images/.*/members', _body(text.encode()))
        session = self.session('record')
        error = self.assertRaises(
            failure.SiteFailure, images.members, session, cloud.IMAGE_ID
        )
        self.assertEqual('bad_answer', error.code)

    @ddt.data(*TEXTS)
    def test_of_versions(self, value):
        text = '{"versions": [{"status": "CURRENT", "id": %s}]}' % value
        self.cloud.on('GET', '/versions', _body(text.encode()))
        text = '{"import-methods": {"value": ["web-download", %s]}}' % value
        self.cloud.on('GET', '/v2/info/import', _body(text.encode()))
        found = check.check(self.session('record'))
        self.assertIsNone(found.glance_version)
        self.assertEqual(('web-download',), found.import_methods)

    @ddt.data(*TEXTS)
    def test_of_refusal_of_keystone(self, value):
        text = '{"error": {"message": %s}}' % value
        self.cloud.on(
            'POST',
            '/v3/auth/tokens',
            lambda r: (
                r.body(),
                r.reply(401, text.encode(), Content_Type='application/json'),
            ),
        )
        error = self.fails('token')
        self.assertEqual('unauthorized', error.code)
        self.assertTrue(error.detail.isprintable())

    @ddt.data(*TEXTS)
    def test_of_catalog(self, value):
        def answer(request):
            endpoint = '{"interface": "public", "region_id": "RegionOne"'
            text = (
                '{"token": {"methods": [], "user": {"id": "u"}, "project": '
                '{"id": "p"}, "expires_at": "2099-01-01T00:00:00.000000Z", '
                '"catalog": [{"type": "image", "endpoints": [%s, "url": %s}]}'
                ']}}'
            ) % (endpoint, value)
            request.body()
            request.reply(
                201,
                text.encode(),
                Content_Type='application/json',
                X_Subject_Token='t',
            )

        self.cloud.on('POST', '/v3/auth/tokens', answer)
        session = self.session('token')
        error = self.assertRaises(failure.SiteFailure, Ask.checked, session)
        self.assertEqual('endpoint_invalid', error.code)

    @ddt.data(*(value for value in VALUES if value != '[]'))
    def test_of_list(self, value):
        text = '{"images": %s}' % value
        self.cloud.on('GET', '/v2/images', _body(text.encode()))
        self.assertEqual('bad_answer', self.fails('listing').code)

    @ddt.data(*itertools.product(('expires_at', 'catalog', 'user'), VALUES))
    @ddt.unpack
    def test_of_token(self, field, value):
        def answer(request):
            token = {
                'methods': ['password'],
                'user': {'id': 'u'},
                'project': {'id': 'p'},
                'expires_at': '2099-01-01T00:00:00.000000Z',
                'catalog': [],
                field: '@',
            }
            text = json.dumps({'token': token}).replace('"@"', value)
            request.body()
            request.reply(
                201,
                text.encode(),
                Content_Type='application/json',
                X_Subject_Token='t',
            )

        self.cloud.on('POST', '/v3/auth/tokens', answer)
        session = self.session('token')
        # What Glint does not read does no harm; there is no catalog then.
        self.assertRaises(failure.SiteFailure, Ask.checked, session)
