# SPDX-License-Identifier: Apache-2.0

"""A credential out of an uploaded clouds.yaml."""

import logging
import textwrap
from typing import Any

from django import test
from django.core.files import uploadedfile
from django.urls import reverse

from glint_dashboard import exception
from glint_dashboard.content.image_replication.clouds import clouds_yaml
from glint_dashboard.tests.unit import base
from glint_dashboard.tests.unit import data

_BASE = 'horizon:project:image_replication:clouds'
_INDEX = reverse(f'{_BASE}:index')
_CREATE = reverse(f'{_BASE}:create_credential')
_SECRET = 'canary-3f1c9'
_URL = data.WEST['auth_url']
# As Horizon hands it out.
_APPLICATION = f"""
clouds:
  openstack:
    auth:
      auth_url: {_URL}
      application_credential_id: "abc"
      application_credential_secret: "{_SECRET}"
    region_name: "RegionOne"
    interface: "public"
    identity_api_version: 3
    auth_type: "v3applicationcredential"
"""
_TWO = f"""
clouds:
  west:
    auth:
      auth_url: {_URL}
      username: demo
      password: {_SECRET}
      project_name: demo
      user_domain_name: Default
      project_domain_id: default
  east:
    auth: {{}}
"""


class FileTest(test.SimpleTestCase):
    def read(self, text: str, name: str = '', url: str = _URL) -> Any:
        content = textwrap.dedent(text).encode()
        return clouds_yaml.credential(content, name, url)

    def refused(self, text: str, name: str = '') -> str:
        with self.assertRaises(exception.InputError) as caught:
            self.read(text, name)
        self.assertNotIn(_SECRET, str(caught.exception))
        return str(caught.exception)

    def test_only_cloud_is_taken(self) -> None:
        self.assertEqual(
            (
                'v3applicationcredential',
                {
                    'application_credential_id': 'abc',
                    'application_credential_secret': _SECRET,
                },
            ),
            self.read(_APPLICATION),
        )

    def test_cloud_is_chosen_by_its_name(self) -> None:
        auth_type, auth = self.read(_TWO, 'west')
        self.assertEqual('v3password', auth_type)
        self.assertEqual(
            {
                'username': 'demo',
                'password': _SECRET,
                'project_name': 'demo',
                'user_domain_name': 'Default',
                'project_domain_id': 'default',
            },
            auth,
        )

    def test_several_clouds_have_to_be_chosen_from(self) -> None:
        self.assertIn('east, west', self.refused(_TWO))

    def test_unknown_cloud_is_told_with_those_that_there_are(self) -> None:
        self.assertIn('no cloud north, but east', self.refused(_TWO, 'north'))

    def test_default_domain_is_that_of_user_and_project(self) -> None:
        auth = self.read(
            f"""
            clouds:
              west:
                auth:
                  username: demo
                  password: {_SECRET}
                  project_name: 1234
                  default_domain: default
            """
        )[1]
        self.assertEqual('default', auth['user_domain_id'])
        self.assertEqual('default', auth['project_domain_id'])
        self.assertEqual('1234', auth['project_name'])

    def test_what_is_missing_is_told(self) -> None:
        missing = self.refused(
            """
            clouds:
              west:
                auth: {username: demo, project_name: demo}
            """
        )
        self.assertIn('password, user_domain_name', missing)
        self.assertIn('project_domain_name', missing)
        self.assertIn('secure.yaml', missing)
        self.assertIn('section auth', self.refused(_TWO + '  x: y', 'x'))

    def test_what_cannot_be_handed_on_is_told(self) -> None:
        text = f'clouds: {{x: {{auth_type: token, auth: {{a: {_SECRET}}}}}}}'
        self.assertIn('authenticates by token', self.refused(text))

    def test_file_that_is_no_clouds_yaml_is_refused(self) -> None:
        for text in ('', 'a', '- a', 'clouds:', 'clouds: [a]', 'a: {b: c}'):
            self.assertIn('no section clouds', self.refused(text), text)

    def test_broken_yaml_is_told_without_its_text(self) -> None:
        text = f'clouds:\n  x:\n    password: "{_SECRET}\n'
        self.assertIn('not YAML', self.refused(text))
        self.assertIn('not YAML', self.refused('[' * 3000))
        with self.assertRaises(exception.InputError):
            clouds_yaml.credential(b'\xff\xfe\x00', '', _URL)

    def test_code_is_not_run(self) -> None:
        text = 'clouds: !!python/object/apply:os.getcwd []'
        self.assertIn('not YAML', self.refused(text))

    def test_aliases_are_not_followed(self) -> None:
        text = 'a: &a [x, x]\nb: &b [*a, *a]\nclouds: {x: {auth: *b}}'
        self.assertIn('aliases', self.refused(text))

    def test_secret_does_not_go_to_another_cloud(self) -> None:
        with self.assertRaises(exception.InputError) as caught:
            self.read(_APPLICATION, url='https://east.example.org/v3')
        self.assertIn('east.example.org', str(caught.exception))
        self.read(_APPLICATION, url='https://WEST.example.org:5000/v3')


class FormTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.answer_sites()
        self.answer('GET', 'credentials', {'credentials': [], 'links': []})
        self.call = self.answer('POST', 'credentials', data.CREDENTIAL, 201)

    def send(self, content: str, **values: str) -> Any:
        upload = uploadedfile.SimpleUploadedFile(
            'clouds.yaml', content.encode()
        )
        form = {
            'site_id': data.WEST_ID,
            'name': 'mine',
            'auth_type': 'clouds_yaml',
            'clouds_yaml': upload,
            **values,
        }
        return self.client.post(_CREATE, form)

    def test_credential_is_added(self) -> None:
        response = self.send(_TWO, cloud='west')
        self.assertNoFormErrors(response)
        self.assertRedirectsNoFollow(response, _INDEX)
        body = self.call.last_request.json()
        self.assertEqual('v3password', body['auth_type'])
        self.assertEqual(_SECRET, body['auth']['password'])
        self.assertNotIn('auth_url', body['auth'])

    def test_error_is_in_the_form_and_the_secret_is_nowhere(self) -> None:
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger().debug('At least one line.')
            response = self.send(_TWO)
        self.assertEqual(0, self.call.call_count)
        self.assertContains(response, 'east, west')
        self.assertNotContains(response, _SECRET)
        self.assertNotIn(_SECRET, ' '.join(logs.output))
        self.assertNotIn(_SECRET, str(dict(self.client.session)))

    def test_large_file_is_not_read(self) -> None:
        response = self.send(_APPLICATION + '#' * clouds_yaml.MOST_BYTES)
        self.assertContains(response, 'larger than 64 KiB')

    def test_file_is_required(self) -> None:
        form = {'site_id': data.WEST_ID, 'name': 'mine'}
        response = self.client.post(
            _CREATE, form | {'auth_type': 'clouds_yaml'}
        )
        self.assertFormErrors(response, 1)
