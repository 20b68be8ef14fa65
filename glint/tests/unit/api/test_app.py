# SPDX-License-Identifier: Apache-2.0

import json
from unittest import mock

from keystoneauth1 import discover
from keystoneauth1 import session
import requests
import requests_mock
import webtest

from glint.api import app
from glint.db import engine
from glint.db import locking
from glint.db import site as db_site
from glint.tests import fixtures
from glint.tests.unit.api import base


class VersionTest(base.TestCase):
    def test_documents_need_no_token(self):
        for path in ('', '/', '/v1', '/v1/'):
            self.call('GET', path, persona=None)

    def test_index_lists_the_one_version(self):
        self.assertEqual(
            {
                'versions': [
                    {
                        'id': 'v1.0',
                        'status': 'CURRENT',
                        'min_version': '1.0',
                        'version': '1.1',
                        'links': [
                            {'rel': 'self', 'href': 'http://localhost/v1/'}
                        ],
                    }
                ]
            },
            self.call('GET', '/', persona=None).json,
        )

    def test_show_is_the_version_of_the_index(self):
        (version,) = self.call('GET', '/', persona=None).json['versions']
        self.assertEqual(
            {'version': version},
            self.call('GET', '/v1', persona=None).json,
        )

    def test_documents_take_no_query(self):
        for path in ('/?x=1', '/v1?x=1'):
            self.refused(400, 'request.invalid', 'GET', path, persona=None)

    def test_keystoneauth_finds_the_version(self):
        text = self.call('GET', '/', persona=None).text
        with requests_mock.Mocker() as http:
            http.get('http://localhost/', text=text)
            found = discover.Discover(
                session.Session(session=requests.Session()),
                'http://localhost/',
            )
        data = found.data_for('1.0')
        self.assertEqual('http://localhost/v1/', data['url'])
        self.assertEqual((1, 0), data['version'])
        self.assertEqual((1, 1), data['max_microversion'])
        self.assertEqual((1, 0), data['min_microversion'])

    def test_documents_answer_head(self):
        response = self.call('HEAD', '/', persona=None)
        self.assertEqual(b'', response.body)


class PrefixTest(base.TestCase):
    """The API below a path, as devstack puts it."""

    prefix = '/image-replication'

    def setUp(self):
        super().setUp()
        below = self.app.app

        def mount(environ, start_response):
            environ['SCRIPT_NAME'] = self.prefix
            return below(environ, start_response)

        self.app = webtest.TestApp(mount)

    def test_version_links_have_the_prefix(self):
        version = self.call('GET', '/v1', persona=None).json['version']
        self.assertEqual(
            'http://localhost/image-replication/v1/',
            version['links'][0]['href'],
        )

    def test_slash_after_the_prefix_is_in_no_link_twice(self):
        self.prefix += '/'
        [version] = self.call('GET', '/', persona=None).json['versions']
        self.assertEqual(
            'http://localhost/image-replication/v1/',
            version['links'][0]['href'],
        )

    def test_location_has_the_prefix(self):
        response = self.call(
            'POST',
            '/v1/sites',
            {'name': 'west', 'auth_url': 'https://west.example.org'},
            status=201,
        )
        self.assertEqual(
            f'http://localhost/image-replication/v1/sites/'
            f'{response.json["id"]}',
            response.location,
        )

    def test_next_link_has_the_prefix(self):
        self.add_site()
        (link,) = self.call('GET', '/v1/sites?limit=1').json['links']
        self.assertTrue(
            link['href'].startswith(
                'http://localhost/image-replication/v1/sites?limit=1&marker='
            )
        )


class ProxyTest(base.TestCase):
    def test_links_are_as_the_client_sees_the_address(self):
        self.config(group='oslo_middleware', enable_proxy_headers_parsing=True)
        headers = {
            'X-Forwarded-Proto': 'https',
            'X-Forwarded-Host': 'cloud.example.org',
            'X-Forwarded-Prefix': '/image-replication',
        }
        response = self.call('GET', '/v1', persona=None, headers=headers)
        self.assertEqual(
            'https://cloud.example.org/image-replication/v1/',
            response.json['version']['links'][0]['href'],
        )


class AuthenticationTest(base.TestCase):
    def test_no_token_returns_401(self):
        response = self.call('GET', '/v1/sites', persona=None, status=401)
        self.assertError(response, 401, 'request.unauthorized')
        self.assertEqual(
            'Keystone uri="http://keystone.example.org/v3"',
            response.headers['WWW-Authenticate'],
        )

    def test_wrong_token_returns_401(self):
        self.refused(
            401, 'request.unauthorized', 'GET', '/v1/sites', persona='wrong'
        )

    def test_unknown_address_without_token_returns_401(self):
        self.refused(
            401, 'request.unauthorized', 'GET', '/nothing', persona=None
        )

    def test_forged_identity_headers_return_401(self):
        self.refused(
            401,
            'request.unauthorized',
            'GET',
            '/v1/sites',
            persona=None,
            headers={
                'X-Identity-Status': 'Confirmed',
                'X-User-Id': 'mallory',
                'X-Project-Id': 'ours',
                'X-Roles': 'admin',
            },
        )

    def test_token_without_project_returns_403(self):
        self.tokens.add_token_data(
            token_id='unscoped', user_id='u', role_list=['admin']
        )
        self.refused(
            403, 'request.no_project', 'GET', '/v1/sites', persona='unscoped'
        )


class MicroversionTest(base.TestCase):
    def _call(self, version, status=200):
        return self.call(
            'GET',
            '/v1/sites',
            headers={'OpenStack-API-Version': version},
            status=status,
        )

    def test_answers_say_the_version(self):
        for asked, version in (
            ('1.0', '1.0'),
            ('1.1', '1.1'),
            ('latest', '1.1'),
        ):
            response = self._call(f'image-replication {asked}')
            self.assertEqual(
                f'image-replication {version}',
                response.headers['OpenStack-API-Version'],
            )
            self.assertIn('openstack-api-version', response.headers['Vary'])

    def test_errors_say_the_version(self):
        response = self.call('GET', '/v1/nothing', status=404)
        self.assertEqual(
            'image-replication 1.0', response.headers['OpenStack-API-Version']
        )

    def test_other_services_versions_are_ignored(self):
        self._call('compute 2.90')

    def test_unknown_version_returns_406_with_the_range(self):
        for version in ('0.9', '1.2', '2.0'):
            response = self._call(f'image-replication {version}', 406)
            self.assertError(response, 406, 'request.version_not_acceptable')
            (error,) = response.json['errors']
            self.assertEqual('1.0', error['min_version'])
            self.assertEqual('1.1', error['max_version'])

    def test_malformed_version_returns_400(self):
        response = self._call('image-replication one', 400)
        self.assertError(response, 400, 'request.invalid')


class HealthcheckTest(base.TestCase):
    def test_healthy_returns_200_without_token(self):
        response = self.call('GET', '/healthcheck', persona=None)
        self.assertEqual(
            'The database is available.\nMessaging is available.',
            response.text,
        )

    def test_json_is_answered_when_asked_for(self):
        response = self.call(
            'GET',
            '/healthcheck',
            persona=None,
            headers={'Accept': 'application/json'},
        )
        self.assertEqual(
            ['The database is available.', 'Messaging is available.'],
            json.loads(response.text)['reasons'],
        )

    def test_database_down_returns_503_without_secrets(self):
        self._stop_database()
        response = self.call('GET', '/healthcheck', persona=None, status=503)
        self.assertIn('The database is not available.', response.text)
        self.assertNotIn('canary', response.text)
        self.assertNotIn('Traceback', response.text)

    def test_broker_down_returns_200_and_says_so(self):
        self.config(transport_url='rabbit://glint:canary@127.0.0.1:9/')
        response = self.call('GET', '/healthcheck', persona=None)
        self.assertIn('Messaging is not available', response.text)
        self.assertNotIn('canary', response.text)

    def test_locked_row_returns_200_and_is_told(self):
        locking.tell('a row of sites')
        response = self.call('GET', '/healthcheck', persona=None)
        self.assertIn('wait for a row', response.text)

    def test_other_addresses_are_not_answered(self):
        self.call('GET', '/healthcheck/more', status=404)

    def test_calls_that_meet_a_locked_row_return_503(self):
        with mock.patch.object(
            db_site,
            'index',
            autospec=True,
            side_effect=engine.Busy('a row of sites', True),
        ):
            response = self.call('GET', '/v1/sites', status=503)
        [error] = response.json['errors']
        self.assertEqual('image-replication.database.busy', error['code'])
        self.assertIn('Try again', error['detail'])
        self.assertEqual('5', response.headers['Retry-After'])

    def test_calls_with_database_down_return_503(self):
        self._stop_database()
        detail = self.refused(503, 'database.unavailable', 'GET', '/v1/sites')
        self.assertNotIn('canary', detail)

    def _stop_database(self):
        self.config(
            group='database',
            connection='mysql+pymysql://glint:canary@127.0.0.1:9/glint',
            max_retries=0,
        )
        self.useFixture(fixtures.Engine())
        engine.configure()


class MakeAppTest(base.TestCase):
    def test_application_can_be_made_twice(self):
        for _number in range(2):
            webtest.TestApp(app.make_app()).get('/v1')
