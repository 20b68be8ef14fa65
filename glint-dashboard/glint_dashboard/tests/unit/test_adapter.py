# SPDX-License-Identifier: Apache-2.0

"""How refusals of the service reach the user."""

from django.urls import reverse
from keystoneauth1 import exceptions

from glint_dashboard import exception
from glint_dashboard.api import adapter
from glint_dashboard.tests.unit import base

_INDEX = reverse('horizon:project:image_replication:index')


class AdapterTest(base.TestCase):
    def error(self) -> exception.ServiceError:
        with self.assertRaises(exception.ServiceError) as caught:
            adapter.call(self.request, 'GET', 'sites')
        return caught.exception

    def test_refusal_has_the_sentence_of_the_service(self) -> None:
        for status in (400, 403, 409, 413, 500, 503):
            self.refuse('GET', 'sites', status, 'The sentence.')
            error = self.error()
            self.assertEqual('The sentence.', str(error))
            self.assertEqual(status, error.status)
            self.assertEqual('image-replication.test', error.code)

    def test_404_is_not_found(self) -> None:
        self.refuse('GET', 'sites', 404, 'There is no such site.')
        self.assertIsInstance(self.error(), exception.NotFound)

    def test_refusal_by_something_else_is_told_with_its_status(self) -> None:
        self.glint.get(
            f'{base.GLINT}/v1/sites', status_code=502, text='<html>Bad'
        )
        self.assertIn('502', str(self.error()))
        self.answer('GET', 'sites', {'error': 'x'}, 502)
        self.assertIn('502', str(self.error()))

    def test_service_that_is_down_is_told(self) -> None:
        self.glint.get(f'{base.GLINT}/v1/sites', exc=exceptions.ConnectFailure)
        self.assertIn('cannot be reached', str(self.error()))

    def test_token_and_version_are_sent(self) -> None:
        sites = self.answer('GET', 'sites', {})
        adapter.call(self.request, 'GET', 'sites')
        headers = sites.last_request.headers
        self.assertEqual(self.token.id, headers['X-Auth-Token'])
        self.assertEqual(
            'image-replication 1.0', headers['OpenStack-API-Version']
        )

    def test_all_pages_of_a_list_are_read(self) -> None:
        links = [{'rel': 'next', 'href': 'x'}]
        self.glint.get(
            f'{base.GLINT}/v1/sites',
            [
                {'json': {'sites': [{'id': '1'}], 'links': links}},
                {'json': {'sites': [{'id': '2'}], 'links': []}},
            ],
        )
        found = list(adapter.index(self.request, 'sites'))
        self.assertEqual(['1', '2'], [site['id'] for site in found])
        self.assertIn('marker=1', self.glint.last_request.query)


class PageTest(base.TestCase):
    def test_refusal_is_a_message_on_the_page(self) -> None:
        for status in (400, 403, 404, 409, 500, 503):
            self.refuse('GET', 'images', status, f'It is {status}.')
            response = self.client.get(_INDEX)
            self.assertEqual(200, response.status_code)
            self.assertIn(f'It is {status}.', self.messages(response))
            self.assertNotContains(response, 'Unauthorized')

    def test_token_that_has_ended_leads_to_the_login(self) -> None:
        self.refuse('GET', 'images', 401, 'The token is not valid.')
        response = self.client.get(_INDEX)
        self.assertEqual(302, response.status_code)
        self.assertIn('/auth/login/', response['Location'])
