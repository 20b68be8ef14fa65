# SPDX-License-Identifier: Apache-2.0

"""Errors in words for people."""

import types
from typing import Any

from keystoneauth1 import exceptions as ksa
from keystoneauth1 import noauth
from keystoneauth1 import session
from openstack import exceptions as sdk
from oslotest import base
import requests
from requests_mock.contrib import fixture

from glintclient import exceptions
from glintclient.osc import errors

_MANAGER = types.SimpleNamespace(
    auth=types.SimpleNamespace(auth_url='https://home'), region_name='North'
)


def _api_error(status: int, code: str) -> exceptions.ApiError:
    response = requests.Response()
    response.status_code = status
    kind = {
        400: exceptions.BadRequest,
        404: exceptions.NotFound,
        409: exceptions.Conflict,
    }.get(status, exceptions.ApiError)
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

    def test_site_with_credentials_is_told_how_to_delete_both(self) -> None:
        error = _api_error(409, 'site.not_empty')
        words = errors.explain(error, _MANAGER) or ''
        self.assertIn('A sentence.', words)
        self.assertIn('--cascade', words)

    def test_no_answer_names_the_place(self) -> None:
        error = ksa.ConnectFailure(
            'Unable to establish connection to https://glint:1/v1/sites: x'
        )
        words = errors.explain(error, _MANAGER)
        self.assertIn('Nothing answers at https://glint:1.', words)

    def _no_version(self, **answer: Any) -> str | None:
        """Explain that openstacksdk has found no version of the service."""
        server = self.useFixture(fixture.Fixture())
        server.get('https://glint:1/', **answer)
        manager = types.SimpleNamespace(
            session=session.Session(noauth.NoAuth('https://glint:1/')),
            interface='public',
            region_name=None,
        )
        return errors.explain(sdk.NotSupported('no versions'), manager)

    def test_service_without_a_version_is_down(self) -> None:
        words = self._no_version(exc=requests.ConnectionError)
        self.assertIn('Nothing answers at https://glint:1.', words)

    def test_service_without_a_version_is_another_one(self) -> None:
        for status in (200, 503):
            words = self._no_version(status_code=status, text='<html>')
            self.assertIn(
                f'What answers at https://glint:1/ (HTTP {status}) is not',
                words,
            )

    def test_token_is_not_valid(self) -> None:
        for error in (
            ksa.Unauthorized(),
            _api_error(401, 'request.unauthorized'),
        ):
            self.assertIn(
                'Your token is not valid', errors.explain(error, _MANAGER)
            )

    def test_trust_that_is_refused_names_the_command(self) -> None:
        words = errors.explain(
            _api_error(400, 'credential.trust_refused'), _MANAGER
        )
        self.assertTrue(words.startswith('A sentence. '), words)
        self.assertIn('credential create --site home --from-cloud', words)

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
