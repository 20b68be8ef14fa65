# SPDX-License-Identifier: Apache-2.0

"""What people do with their clouds."""

import ssl
from typing import Any
import uuid

import certifi
from playwright import sync_api

from glint_dashboard.tests.browser import base

CLOUDS = base.CLOUDS


class CloudTest(base.TestCase):
    def test_member_adds_a_cloud_and_a_credential(self) -> None:
        page = self.page
        stack = base.stack
        cloud = self.name.replace('debian', 'west')
        self.log_in(path=CLOUDS)
        page.get_by_role('link', name='Add Cloud').click()
        form = page.locator('#create_cloud')
        form.get_by_label('Name').fill(cloud)
        form.get_by_label('Keystone address').fill(stack.clouds[1].auth_url)
        form.get_by_label('Region').fill(stack.region)
        form.get_by_role('button', name='Add Cloud').click()
        row = page.locator('#clouds tbody tr', has_text=cloud)
        self.expect(row).to_contain_text('Not asked yet')

        row.get_by_role('link', name='Add Credential').click()
        key, secret = stack.application_credential()
        form = page.locator('#create_credential')
        form.get_by_label('ID', exact=True).fill(key)
        wrong = uuid.uuid4().hex
        form.get_by_label('Secret', exact=True).fill(wrong)
        form.get_by_role('button', name='Check and Add').click()
        self.expect(form.locator('.alert-danger')).to_contain_text(
            f'Site {cloud}'
        )
        self.shoot('credential')
        # The secret is not sent back to be shown again.
        self.expect(form.get_by_label('Secret', exact=True)).to_have_value('')
        form.get_by_label('Secret', exact=True).fill(secret)
        form.get_by_role('button', name='Check and Add').click()
        row = page.locator('#credentials tbody tr', has_text=cloud)
        self.expect(row).to_contain_text('Works')
        self.shoot('clouds')
        written = stack.written()
        self.assertIn(cloud.encode(), written)
        for word in (wrong, secret):
            self.assertNotIn(word, page.content())
            self.assertNotIn(word.encode(), written)

    def test_credential_comes_from_a_clouds_yaml(self) -> None:
        page = self.page
        self.log_in(path=CLOUDS)
        row = page.locator('#clouds tbody tr', has_text=base.stack.site)
        row.get_by_role('link', name='Add Credential').click()
        form = page.locator('#create_credential')
        form.locator('#id_name').fill(self.name)
        form.locator('#id_auth_type').select_option('clouds_yaml', force=True)
        upload = self._clouds_yaml()
        form.get_by_label('File', exact=True).set_input_files(upload)
        form.get_by_role('button', name='Check and Add').click()
        self.expect(form).to_contain_text('several clouds: east, west')
        form.get_by_label('Cloud in the file').fill('west')
        form.get_by_label('File', exact=True).set_input_files(upload)
        form.get_by_role('button', name='Check and Add').click()
        row = page.locator('#credentials tbody tr', has_text=self.name)
        self.expect(row).to_contain_text('Works')

    @staticmethod
    def _clouds_yaml() -> sync_api.FilePayload:
        key, secret = base.stack.application_credential()
        text = f"""
clouds:
  west:
    auth_type: v3applicationcredential
    auth:
      auth_url: {base.stack.clouds[1].auth_url}
      application_credential_id: {key}
      application_credential_secret: {secret}
  east: {{}}
"""
        return {
            'name': 'clouds.yaml',
            'mimeType': 'application/yaml',
            'buffer': text.encode(),
        }

    def test_certificates_of_a_cloud_are_uploaded_and_removed(self) -> None:
        cloud = self.name.replace('debian', 'own-ca')
        self.log_in(path=CLOUDS)
        self.page.get_by_role('link', name='Add Cloud').click()
        form = self.page.locator('#create_cloud')
        form.get_by_label('Name').fill(cloud)
        form.get_by_label('Keystone address').fill('https://127.0.0.1:9/v3')
        upload = form.get_by_label('CA certificates')
        upload.set_input_files(self._file(b'no certificate'))
        form.get_by_role('button', name='Add Cloud').click()
        self.expect(form.locator('.alert-danger')).to_contain_text('PEM')
        pem = _certificate()
        upload.set_input_files(self._file(pem))
        form.get_by_role('button', name='Add Cloud').click()
        row = self.page.locator('#clouds tbody tr', has_text=cloud)
        self.expect(row).to_contain_text('Not asked yet')
        self.assertEqual(pem.decode(), self._site(cloud)['ca_cert'])

        row.get_by_role('button', name='More actions').click()
        row.get_by_role('link', name='Edit Cloud').click()
        form = self.page.locator('#update_cloud')
        form.get_by_text('Remove the CA certificates').click()
        self.expect(form.locator('#id_remove_ca_cert')).to_be_checked()
        form.get_by_role('button', name='Save').click()
        # The window may be gone before the answer is there.
        said = self.page.get_by_text(f'Cloud {cloud} is changed.')
        self.expect(said).to_be_visible()
        self.assertIsNone(self._site(cloud)['ca_cert'])

    @staticmethod
    def _file(content: bytes) -> sync_api.FilePayload:
        return {
            'name': 'ca.pem',
            'mimeType': 'application/x-pem-file',
            'buffer': content,
        }

    @staticmethod
    def _site(name: str) -> dict[str, Any]:
        [site] = base.stack.glint('GET', f'sites?name={name}')['sites']
        return dict(site)


def _certificate() -> bytes:
    """Return the certificate of an authority, in PEM."""
    context = ssl.create_default_context(cafile=certifi.where())
    [first, *_others] = context.get_ca_certs(binary_form=True)
    return ssl.DER_cert_to_PEM_cert(first).encode()
