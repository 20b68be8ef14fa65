# SPDX-License-Identifier: Apache-2.0

"""Errors in words for people."""

import types

from keystoneauth1 import exceptions as ksa
from openstack import exceptions as sdk
from oslotest import base
import requests

from glintclient import exceptions
from glintclient.osc import errors

_MANAGER = types.SimpleNamespace(
    auth=types.SimpleNamespace(auth_url='https://home'), region_name='North'
)


def _api_error(status: int, code: str) -> exceptions.ApiError:
    response = requests.Response()
    response.status_code = status
    kind = {404: exceptions.NotFound, 400: exceptions.BadRequest}.get(
        status, exceptions.ApiError
    )
    return kind('A sentence.', response, f'image-replication.{code}', '')


class TestErrors(base.BaseTestCase):
    def test_no_service_names_cloud_and_region(self) -> None:
        for error in (
            sdk.ServiceDisabledException('x'),
            ksa.EndpointNotFound('x'),
        ):
            self.assertIn(
                'the catalog of https://home, region North, has no endpoint',
                errors.explain(error, _MANAGER),
            )

    def test_no_answer_names_the_place(self) -> None:
        error = ksa.ConnectFailure(
            'Unable to establish connection to https://glint:1/v1/sites: x'
        )
        words = errors.explain(error, _MANAGER)
        self.assertIn('Nothing answers at https://glint:1.', words)

    def test_token_is_not_valid(self) -> None:
        for error in (
            ksa.Unauthorized(),
            _api_error(401, 'request.unauthorized'),
        ):
            self.assertIn(
                'Your token is not valid', errors.explain(error, _MANAGER)
            )

    def test_older_service(self) -> None:
        self.assertIn(
            'older than your client',
            errors.explain(_api_error(404, 'request.not_found'), _MANAGER),
        )
        words = errors.explain(_api_error(400, 'request.invalid'), _MANAGER)
        self.assertTrue(words.startswith('A sentence. '), words)

    def test_others_speak_for_themselves(self) -> None:
        for error in (
            _api_error(404, 'site.not_found'),
            _api_error(409, 'site.in_use'),
            ValueError(),
        ):
            self.assertIsNone(errors.explain(error, _MANAGER))
