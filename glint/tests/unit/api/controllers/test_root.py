# SPDX-License-Identifier: Apache-2.0

import ddt

from glint import policies
from glint.api import validation
from glint.api.controllers import root
from glint.tests.unit.api import base

UUID = '11111111-2222-4333-8444-555555555555'

ROUTES = [
    (method, path, handler)
    for path, methods in root.ROUTES.items()
    for method, handler in methods.items()
]


def _operations():
    """List the calls that the documentation of the rules names."""
    return {
        (operation['method'], operation['path'])
        for rule in policies.list_rules()
        for operation in getattr(rule, 'operations', ())
    }


class RoutesTest(base.TestCase):
    def test_every_route_has_schemas(self):
        for method, path, handler in ROUTES:
            self.assertIsInstance(
                handler.call, validation.Call, f'{method} {path}'
            )

    def test_no_schema_takes_unknown_keys(self):
        for method, path, handler in ROUTES:
            for schema in (
                handler.call.query,
                handler.call.body,
            ):
                self._assert_closed(schema, f'{method} {path}')

    def _assert_closed(self, schema, where):
        if isinstance(schema, list):
            for item in schema:
                self._assert_closed(item, where)
        if isinstance(schema, dict):
            if 'properties' in schema and schema.get('type') == 'object':
                self.assertIs(False, schema['additionalProperties'], where)
            for item in schema.values():
                self._assert_closed(item, where)

    def test_every_route_but_the_public_ones_is_in_the_rules(self):
        self.assertEqual(
            {
                (method, path)
                for method, path, _handler in ROUTES
                if path not in root.PUBLIC
            },
            _operations(),
        )

    def test_every_route_but_the_public_ones_needs_a_token(self):
        for method, path, _handler in ROUTES:
            if path in root.PUBLIC:
                continue
            self.refused(
                401,
                'request.unauthorized',
                method,
                _fill(path),
                persona=None,
            )


def _fill(path):
    for name in ('site_id', 'credential_id', 'replication_id', 'copy_id'):
        path = path.replace('{%s}' % name, UUID)
    return path


@ddt.ddt
class RouterTest(base.TestCase):
    @ddt.data(
        '/v2',
        '/v1/nothing',
        '/v1/sites/home',
        '/v1/sites/1',
        '/v1/sites/11111111222243338444555555555555',
        f'/v1/sites/{UUID}x',
        f'/v1/sites/{UUID}%0A',
        '/v1/sites/%00',
        '/v1/sites/%FF%FE',
        f'/v1/sites/{UUID}/copies',
        f'/v1//sites/{UUID}',
        '/v1/sites/index',
        '/v1/sites/_route',
        '/v1/sites/__init__/__globals__',
        '/v1/sites.json',
        f'/v1/replications/{UUID}/copies/1',
        f'/v1/replications/{UUID}/cancel/again',
    )
    def test_unknown_address_returns_404(self, path):
        self.refused(404, 'request.not_found', 'GET', path)

    @ddt.data(
        ('PUT', '/v1/sites', 'GET, POST'),
        ('POST', '/v1', 'GET'),
        ('POST', f'/v1/sites/{UUID}', 'DELETE, GET, PATCH'),
        ('GET', f'/v1/replications/{UUID}/cancel', 'PUT'),
        ('OPTIONS', '/v1/replications', 'GET, POST'),
        ('BREW', '/v1/credentials', 'GET, POST'),
    )
    @ddt.unpack
    def test_wrong_method_returns_405(self, method, path, allowed):
        response = self.call(method, path, status=405)
        self.assertError(response, 405, 'request.method_not_allowed')
        self.assertEqual(allowed, response.headers['Allow'])

    def test_method_cannot_be_overridden_by_the_query(self):
        self.refused(400, 'request.invalid', 'GET', '/v1/sites?_method=DELETE')

    def test_slash_at_the_end_is_the_same_address(self):
        self.call('GET', '/v1/sites/')

    def test_head_is_answered_as_get_without_body(self):
        response = self.call('HEAD', '/v1/sites')
        self.assertEqual(b'', response.body)

    @ddt.data('text/html', 'text/plain', 'image/png', 'nonsense')
    def test_json_is_answered_whatever_is_accepted(self, accept):
        response = self.call('GET', '/v1/sites', headers={'Accept': accept})
        self.assertEqual('application/json', response.content_type)
        response = self.call(
            'GET', '/v1/nothing', headers={'Accept': accept}, status=404
        )
        self.assertError(response, 404, 'request.not_found')
