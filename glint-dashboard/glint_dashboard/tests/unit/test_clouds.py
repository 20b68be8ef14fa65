# SPDX-License-Identifier: Apache-2.0

"""The clouds and the forms about them."""

from django.core.files import uploadedfile
from django.urls import reverse

from glint_dashboard.tests.unit import base
from glint_dashboard.tests.unit import data

_BASE = 'horizon:project:image_replication:clouds'
_INDEX = reverse(f'{_BASE}:index')
_CREATE = reverse(f'{_BASE}:create')
_UPDATE = reverse(f'{_BASE}:update', args=[data.WEST_ID])
_ADMIN = 'horizon:admin:image_replication'
_SITE = f'sites/{data.WEST_ID}'
_FORM = {
    'name': 'west',
    'auth_url': 'http://west.example.org/v3',
    'region_name': '',
    'interface': 'public',
    'description': '',
    'enabled': 'on',
}


class ListTest(base.TestCase):
    def show(self, *sites):
        self.answer_sites(*sites)
        body = {'credentials': [data.CREDENTIAL], 'links': []}
        self.answer('GET', 'credentials', body)
        return self.client.get(_INDEX)

    def actions(self, response, name, number):
        table = response.context[f'{name}_table']
        return {i.name for i in table.get_row_actions(table.data[number])}

    def test_clouds_and_credentials_are_shown(self) -> None:
        response = self.show()
        for text in ('west.example.org', 'Answers', 'mine', 'Works'):
            self.assertContains(response, text)

    def test_health_has_its_reason(self) -> None:
        health = {
            'state': 'unreachable',
            'checked_at': data.TIME,
            'detail': 'No route.',
        }
        east = data.WEST | {'id': data.EAST_ID, 'health': health}
        response = self.show(east)
        self.assertContains(response, 'Does not answer')
        self.assertContains(response, 'No route.')

    def test_home_is_not_changed(self) -> None:
        response = self.show()
        self.assertEqual(set(), self.actions(response, 'clouds', 0))
        self.assertEqual(
            {'credential', 'update', 'delete'},
            self.actions(response, 'clouds', 1),
        )

    def test_deletion_tells_how_many_credentials_go_with_a_cloud(self) -> None:
        response = self.show()
        self.assertContains(response, 'The 1 credential for the cloud that')

    def test_cloud_is_deleted_with_its_credentials(self) -> None:
        call = self.answer('DELETE', _SITE, None, 204)
        self.answer_sites()
        body = {'credentials': [data.CREDENTIAL], 'links': []}
        self.answer('GET', 'credentials', body)
        action = f'clouds__delete__{data.WEST_ID}'
        self.client.post(_INDEX, {'action': action})
        self.assertEqual({}, call.last_request.qs)

    def test_shared_site_is_changed_by_operators_only(self) -> None:
        shared = data.WEST | {'id': data.EAST_ID, 'shared': True}
        response = self.show(shared)
        self.assertEqual({'credential'}, self.actions(response, 'clouds', 2))

    def test_reader_sees_no_buttons(self) -> None:
        self.become(base.READER)
        response = self.show()
        for name in ('clouds', 'credentials'):
            table = response.context[f'{name}_table']
            self.assertEqual([], table.get_table_actions())
            for row in table.data:
                self.assertEqual([], table.get_row_actions(row))

    def test_credential_can_be_checked(self) -> None:
        self.show()
        detail = 'Site west refuses the credential.'
        checked = data.CREDENTIAL | {
            'state': 'unauthorized',
            'detail': detail,
        }
        path = f'credentials/{data.CREDENTIAL_ID}/check'
        self.answer('POST', path, checked)
        action = f'credentials__check__{data.CREDENTIAL_ID}'
        response = self.client.post(_INDEX, {'action': action}, follow=True)
        self.assertIn(detail, self.messages(response))


class FormTest(base.TestCase):
    def test_cloud_is_added(self) -> None:
        call = self.answer('POST', 'sites', data.WEST, 201)
        response = self.client.post(_CREATE, _FORM)
        self.assertNoFormErrors(response)
        self.assertRedirectsNoFollow(response, _INDEX)
        self.assertEqual(
            {
                'name': 'west',
                'auth_url': 'http://west.example.org/v3',
                'region_name': None,
                'interface': 'public',
                'description': None,
                'ca_cert': None,
                'enabled': True,
            },
            call.last_request.json(),
        )

    def test_ca_certificates_are_uploaded(self) -> None:
        call = self.answer('POST', 'sites', data.WEST, 201)
        pem = uploadedfile.SimpleUploadedFile('ca.pem', b'-----BEGIN')
        self.client.post(_CREATE, _FORM | {'ca_cert': pem})
        self.assertEqual('-----BEGIN', call.last_request.json()['ca_cert'])

    def test_file_that_is_no_certificate_is_refused(self) -> None:
        for content in (b'\xff\xfe', b'x' * 65537):
            pem = uploadedfile.SimpleUploadedFile('ca.pem', content)
            response = self.client.post(_CREATE, _FORM | {'ca_cert': pem})
            self.assertFormErrors(response, 1)

    def test_address_without_scheme_is_refused(self) -> None:
        form = _FORM | {'auth_url': 'west.example.org'}
        response = self.client.post(_CREATE, form)
        self.assertFormErrors(response, 1)

    def test_refusal_is_shown_in_the_form(self) -> None:
        self.refuse('POST', 'sites', 409, 'A site west exists already.')
        response = self.client.post(_CREATE, _FORM)
        self.assertContains(response, 'A site west exists already.')
        self.assertContains(response, 'http://west.example.org/v3')

    def test_reader_may_not(self) -> None:
        self.become(base.READER)
        for url in (_CREATE, _UPDATE):
            self.assertEqual(403, self.client.get(url).status_code)

    def test_members_cannot_share(self) -> None:
        self.assertNotContains(self.client.get(_CREATE), 'Shared with all')
        self.become(base.ADMIN)
        self.assertContains(self.client.get(_CREATE), 'Shared with all')

    def test_update_keeps_the_certificates(self) -> None:
        self.answer('GET', _SITE, data.WEST | {'ca_cert': 'x'})
        call = self.answer('PATCH', _SITE, data.WEST)
        response = self.client.post(_UPDATE, _FORM)
        self.assertRedirectsNoFollow(response, _INDEX)
        self.assertNotIn('ca_cert', call.last_request.json())

    def test_update_removes_the_certificates_on_request(self) -> None:
        self.answer('GET', _SITE, data.WEST | {'ca_cert': 'x'})
        call = self.answer('PATCH', _SITE, data.WEST)
        self.client.post(_UPDATE, _FORM | {'remove_ca_cert': 'on'})
        self.assertIsNone(call.last_request.json()['ca_cert'])


class AdminTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.become(base.ADMIN)

    def test_operator_sees_the_clouds_of_all_projects(self) -> None:
        sites = self.answer_sites()
        self.answer_projects()
        response = self.client.get(reverse(f'{_ADMIN}:clouds'))
        self.assertContains(response, 'west.example.org')
        self.assertContains(response, 'the-project')
        self.assertIn('all_projects=true', sites.last_request.query)

    def test_operator_shares_a_cloud(self) -> None:
        call = self.answer('POST', 'sites', data.WEST, 201)
        url = reverse(f'{_ADMIN}:create')
        self.assertContains(self.client.get(url), 'checked')
        response = self.client.post(url, _FORM | {'shared': 'on'})
        self.assertRedirectsNoFollow(response, reverse(f'{_ADMIN}:clouds'))
        self.assertTrue(call.last_request.json()['shared'])
