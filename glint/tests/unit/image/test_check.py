# SPDX-License-Identifier: Apache-2.0

import datetime

from glint.image import check
from glint.image import failure
from glint.tests import base
from glint.tests.unit.image import cloud


class CheckTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.cloud = self.useFixture(cloud.Cloud())
        self.cloud.reply('GET', '/v2/images', 200, {'images': []})

    def test_working_credential_passes(self):
        self.cloud.reply(
            'GET',
            '/versions',
            300,
            {
                'versions': [
                    {'id': 'v2.17', 'status': 'CURRENT'},
                    {'id': 'v2.16', 'status': 'SUPPORTED'},
                ]
            },
        )
        self.cloud.reply(
            'GET',
            '/v2/info/import',
            200,
            {'import-methods': {'value': ['web-download']}},
        )
        result = check.check(self.cloud.session())
        self.assertEqual(
            check.CheckResult(
                user_id=cloud.USER_ID,
                project_id=cloud.PROJECT_ID,
                expires_at=None,
                image_endpoint=self.cloud.url,
                glance_version='v2.17',
                import_methods=('web-download',),
            ),
            result,
        )
        listing = self.cloud.sent('GET', '/v2/images')[0]
        self.assertEqual('/v2/images?limit=1', listing.path)
        self.assertEqual('token-1', listing.headers['X-Auth-Token'])

    def test_site_without_version_and_import_passes(self):
        result = check.check(self.cloud.session())
        self.assertIsNone(result.glance_version)
        self.assertEqual((), result.import_methods)

    def test_expiry_of_application_credential_is_found(self):
        self.cloud.reply(
            'GET',
            '/v3/users/%s/application_credentials/ac-1' % cloud.USER_ID,
            200,
            {
                'application_credential': {
                    'expires_at': '2030-01-02T03:04:05.000000'
                }
            },
        )
        self.cloud.answers[0] = (
            'POST',
            '/v3/auth/tokens',
            lambda request: self.issue(request),
        )
        session = self.cloud.session(
            auth_type='v3applicationcredential',
            auth={
                'application_credential_id': 'ac-1',
                'application_credential_secret': cloud.PASSWORD,
            },
        )
        self.assertEqual(
            datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
            check.check(session).expires_at,
        )

    def issue(self, request):
        identity = request.json()['auth']['identity']
        secret = identity['application_credential']['secret']
        request.json = lambda: {
            'auth': {'identity': {'password': {'user': {'password': secret}}}}
        }
        self.cloud._issue(request)

    def fails(self, code):
        error = self.assertRaises(
            failure.SiteFailure, check.check, self.cloud.session()
        )
        self.assertEqual(code, error.code)

    def test_glance_that_refuses_fails(self):
        self.cloud.reply('GET', '/v2/images', 403, {'message': 'no'})
        self.fails('forbidden')

    def test_glance_that_is_none_fails(self):
        for body in ({}, [], b'<html>Welcome</html>', {'images': 'x'}):
            self.cloud.reply('GET', '/v2/images', 200, body)
            self.fails('bad_answer')

    def test_glance_that_is_gone_fails(self):
        self.cloud.reply('GET', '/v2/images', 503, b'')
        self.fails('unavailable')

    def test_what_is_logged_of_glance_are_words(self):
        self.cloud.reply('GET', '/v2/images', 200, {'images': []})
        version = {'status': 'CURRENT', 'id': 'v2\nERROR forged'}
        self.cloud.reply('GET', '/versions', 200, {'versions': [version]})
        methods = {'import-methods': {'value': ['web-download', '\x1b[2J']}}
        self.cloud.reply('GET', '/v2/info/import', 200, methods)
        result = check.check(self.cloud.session())
        self.assertIsNone(result.glance_version)
        self.assertEqual(('web-download',), result.import_methods)
