# SPDX-License-Identifier: Apache-2.0

import fixtures
import webob

from glint import exception
from glint.api import errors
from glint.tests import base
from glint.tests.unit.api import base as api_base


def _codes(error):
    """List the codes of an error and of its kinds."""
    yield error.code
    for kind in error.__subclasses__():
        yield from _codes(kind)


class CodesTest(base.TestCase):
    def test_every_error_has_a_code_of_its_own(self):
        codes = list(_codes(exception.GlintException))
        self.assertEqual(sorted(set(codes)), sorted(codes))


class ErrorsTest(base.TestCase):
    """The middleware, around applications that go wrong."""

    def _get(self, application, path='/'):
        request = webob.Request.blank(
            path, environ={'openstack.request_id': 'req-1'}
        )
        response = request.get_response(errors.Errors(application))
        return response, response.json['errors'][0]

    def test_unexpected_error_returns_500_without_a_word_of_it(self):
        def application(environ, start_response):
            raise RuntimeError('canary')

        response, error = self._get(application)
        self.assertEqual(500, response.status_int)
        self.assertEqual(
            {
                'status': 500,
                'code': 'image-replication.internal',
                'title': 'Internal error',
                'detail': 'An unexpected error occurred.',
                'request_id': 'req-1',
                'links': [],
            },
            error,
        )
        self.assertIn('RuntimeError: canary', self.logs.output)

    def test_errors_of_libraries_get_a_body(self):
        for status, code in (
            (400, 'request.invalid'),
            (401, 'request.unauthorized'),
            (404, 'request.not_found'),
            (405, 'request.method_not_allowed'),
            (406, 'request.version_not_acceptable'),
            (411, 'request.invalid'),
            (413, 'request.body_too_large'),
            (502, 'internal'),
            (503, 'home.unavailable'),
        ):
            answer = webob.Response(
                'canary', status, headers={'Retry-After': '7'}
            )
            response, error = self._get(answer)
            self.assertEqual(f'image-replication.{code}', error['code'])
            self.assertEqual(error['status'], response.status_int)
            self.assertEqual('application/json', response.content_type)
            self.assertEqual('7', response.headers['Retry-After'])
            self.assertNotIn('canary', response.text)

    def test_success_is_left_alone(self):
        request = webob.Request.blank('/')
        answer = webob.Response('fine', 202, content_type='text/plain')
        response = request.get_response(errors.Errors(answer))
        self.assertEqual('fine', response.text)

    def test_path_that_is_no_text_returns_404(self):
        response, error = self._get(webob.Response('fine'), '/%ff')
        self.assertEqual(404, response.status_int)


class UnexpectedTest(api_base.TestCase):
    def test_error_in_a_controller_returns_500_and_is_logged(self):
        # Nothing but a defect could do this.
        self.useFixture(
            fixtures.MonkeyPatch(
                'glint.db.site.index', lambda *_arguments: 1 / 0
            )
        )
        self.refused(500, 'internal', 'GET', '/v1/sites')
        self.assertIn('ZeroDivisionError', self.logs.output)

    def test_every_answer_has_its_request_id(self):
        ids = {
            self.call('GET', '/v1/sites').headers['X-Openstack-Request-Id']
            for _number in range(2)
        }
        self.assertEqual(2, len(ids))
