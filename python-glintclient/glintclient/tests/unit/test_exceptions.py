# SPDX-License-Identifier: Apache-2.0

"""What the server's errors become."""

from openstack import exceptions as sdk

from glintclient import exceptions
from glintclient.tests.unit import base


class TestExceptions(base.TestCase):
    def _raised(self, expected: type[Exception]) -> exceptions.ApiError:
        return self.assertRaises(expected, self.client.get_site, 'x')

    def test_message_is_the_sentence_of_the_server(self) -> None:
        for status, known in (
            (400, sdk.BadRequestException),
            (403, sdk.ForbiddenException),
            (404, sdk.NotFoundException),
            (409, sdk.ConflictException),
            (503, sdk.HttpException),
        ):
            self.refuse('GET', '/sites/x', status, 'some.code', 'A sentence.')
            error = self._raised(known)
            self.assertIsInstance(error, exceptions.ApiError)
            self.assertEqual('A sentence.', str(error))
            self.assertEqual('A sentence.', error.message)
            self.assertEqual('image-replication.some.code', error.code)
            self.assertEqual('Site in use', error.title)
            self.assertEqual(status, error.status_code)

    def test_request_id_is_kept(self) -> None:
        self.server.get(
            f'{base.V1}/sites/x',
            status_code=409,
            headers={'x-openstack-request-id': 'req-1'},
            json=base.sample('error-response'),
        )
        self.assertEqual('req-1', self._raised(sdk.HttpException).request_id)

    def test_answer_of_something_before_the_service(self) -> None:
        for options in (
            {'text': '<h1>Bad gateway</h1>'},
            {'json': {'errors': []}},
            {'json': {'errors': [{'detail': 'x'}]}},
            {'json': {'errors': 7}},
            {'json': []},
        ):
            self.server.get(f'{base.V1}/sites/x', status_code=502, **options)
            error = self._raised(sdk.HttpException)
            self.assertNotIsInstance(error, exceptions.ApiError)

    def test_error_within_a_list(self) -> None:
        self.refuse('GET', '/sites', 403, 'request.forbidden', 'No.')
        error = self.assertRaises(
            exceptions.Forbidden, list, self.client.sites()
        )
        self.assertEqual('No.', str(error))
