# SPDX-License-Identifier: Apache-2.0

"""What the API tells without a token."""

import json

from tempest.lib import decorators
from tempest.lib import exceptions

from glint_tempest_plugin.services.v1 import base as services
from glint_tempest_plugin.tests import base

_TOO_NEW = '1.9999'


class VersionTest(base.BaseTest):
    @decorators.attr(type='smoke')
    @decorators.idempotent_id('12b172fd-232b-4ec4-a06e-e1318722852b')
    def test_versions_are_listed_with_their_address(self):
        (version,) = self.member.versions.list_versions()['versions']
        self.assertEqual('CURRENT', version['status'])
        (link,) = version['links']
        self.assertEqual(
            f'{self.member.versions.base_url}/v1', link['href'].rstrip('/')
        )

    @decorators.idempotent_id('4c6af99b-0b7a-4525-84b5-05571f2663e0')
    def test_version_document_is_that_of_the_list(self):
        (listed,) = self.member.versions.list_versions()['versions']
        shown = self.member.versions.show_version()['version']
        self.assertEqual(listed, shown)

    def sites_client(self, microversion):
        """Make a client that asks for a microversion."""
        client = self.as_persona(self.os_project_member).sites
        client.api_microversion = microversion
        return client

    @decorators.idempotent_id('70d01d04-281d-415a-82f1-52867e47987f')
    def test_answers_tell_their_microversion(self):
        newest = self.member.versions.show_version()['version']['version']
        for asked in (newest, 'latest'):
            response = self.sites_client(asked).list_sites().response
            self.assertEqual(
                f'{services.SERVICE_TYPE} {newest}',
                response[services.VERSION_HEADER.lower()],
            )
            self.assertIn(
                services.VERSION_HEADER.lower(), response['vary'].lower()
            )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('7ca285c7-43b7-498e-9adf-ccdb015da5f1')
    def test_unknown_microversion_is_refused_with_the_range(self):
        known = self.member.versions.show_version()['version']
        caught = self.assertRaises(
            exceptions.NotAcceptable, self.sites_client(_TOO_NEW).list_sites
        )
        (told,) = caught.resp_body
        self.assertEqual(
            (known['min_version'], known['version']),
            (told['min_version'], told['max_version']),
        )

    @decorators.attr(type='smoke')
    @decorators.idempotent_id('fd38d9f7-fccb-49c7-818e-922085f37dfd')
    def test_service_says_that_it_is_healthy(self):
        self.member.versions.show_health()

    @decorators.attr(type='negative')
    @decorators.idempotent_id('ddf5beb4-d719-411f-bd0b-fb02cabb8ab5')
    def test_nothing_else_is_told_without_a_token(self):
        for path in ('sites', 'credentials', 'images', 'replications'):
            response, text = self.member.versions.call_without_token(
                'GET', f'/v1/{path}'
            )
            self.assertEqual(401, response.status, path)
            (told,) = json.loads(text)['errors']
            self.assertEqual(
                'image-replication.request.unauthorized', told['code']
            )
