# SPDX-License-Identifier: Apache-2.0

import io

import ddt
import webtest

from glint.tests.unit.api import base

GOOD = b'{"name": "west", "auth_url": "https://west.example.org"}'


@ddt.ddt
class BodyTest(base.TestCase):
    def _post(self, body, status, content_type='application/json'):
        headers = {'X-Auth-Token': 'member'}
        if content_type is not None:
            headers['Content-Type'] = content_type
        return self.app.post('/v1/sites', body, headers=headers, status=status)

    @ddt.data(
        b'',
        b'{',
        b'{"name": "west",}',
        b"{'name': 'west'}",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": -Infinity}',
        b'{"name": 1e999}',
        b'{"name": "a", "name": "b"}',
        b'{"name": "\xff"}',
        b'\xef\xbb\xbf{}',
        '{"name": "west"}'.encode('utf-16'),
        b'{"name": "a\\u0000b"}',
        b'{"na\\u0000me": "a"}',
        b'{"name": "\\ud800"}',
        b'[' * 100000,
        b'[' * 100 + b']' * 100,
        b'{"a":' * 5000 + b'1' + b'}' * 5000,
        b'1' * 5000,
        b'[]',
        b'null',
        b'"name"',
        b'1',
        b'true',
    )
    def test_bad_body_returns_400(self, body):
        response = self._post(body, 400)
        self.assertError(response, 400, 'request.invalid')

    @ddt.data(
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'multipart/form-data; boundary=x',
        'application/jsonx',
        '',
        'nonsense',
    )
    def test_other_media_type_returns_415(self, content_type):
        response = self._post(GOOD, 415, content_type)
        self.assertError(response, 415, 'request.unsupported_media_type')

    @ddt.data('application/json; charset=utf-8', 'Application/JSON')
    def test_json_in_other_spelling_is_taken(self, content_type):
        self._post(GOOD, 201, content_type)

    def test_too_large_body_returns_413(self):
        response = self._post(b' ' * 200000, 413)
        self.assertError(response, 413, 'request.body_too_large')

    @ddt.data('GET', 'POST')
    def test_body_that_ends_early_returns_400(self, method):
        request = webtest.TestRequest.blank('/v1/sites', method=method)
        request.headers['X-Auth-Token'] = 'member'
        request.content_type = 'application/json'
        request.body_file = io.BytesIO(GOOD)
        request.content_length = len(GOOD) + 1
        response = self.app.do_request(request, status=400)
        self.assertError(response, 400, 'request.invalid')
        self.assertNotIn('Traceback', self.logs.output)

    def test_body_where_none_belongs_returns_400(self):
        response = self.app.request(
            '/v1/sites',
            method='GET',
            body=GOOD,
            headers={
                'X-Auth-Token': 'member',
                'Content-Type': 'application/json',
            },
            status=400,
        )
        self.assertError(response, 400, 'request.invalid')

    def test_text_in_any_script_is_kept(self):
        name = 'Zürich 東京 \U0001f600'
        self.assertEqual(name, self.add_site(name)['name'])
