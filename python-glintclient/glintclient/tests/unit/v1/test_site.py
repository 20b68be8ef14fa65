# SPDX-License-Identifier: Apache-2.0

"""Sites."""

from openstack import exceptions

from glintclient.tests.unit import base

SHOWN = base.sample('site-show-response')


class TestSite(base.TestCase):
    def test_all_fields_are_read(self) -> None:
        self.server.get(f'{base.V1}/sites/{SHOWN["id"]}', json=SHOWN)
        site = self.client.get_site(SHOWN['id'])
        for key, value in SHOWN.items():
            self.assertEqual(value, getattr(site, key), key)

    def test_list_gets_page_after_page(self) -> None:
        first, second = base.sample('site-index-response')['sites']
        link = f'{base.V1}/sites?limit=1&marker={first["id"]}'
        self.server.get(
            f'{base.V1}/sites?enabled=True',
            json={'sites': [first], 'links': [{'rel': 'next', 'href': link}]},
        )
        self.server.get(link, json={'sites': [second], 'links': []})
        names = [site.name for site in self.client.sites(enabled=True)]
        self.assertEqual(['north', 'home'], names)

    def test_create_sends_what_is_given(self) -> None:
        given = base.sample('site-create-request')
        self.server.post(f'{base.V1}/sites', json=SHOWN, status_code=201)
        self.assertEqual(SHOWN['id'], self.client.create_site(**given).id)
        self.assertEqual(given, self.server.last_request.json())

    def test_update_sends_what_changes(self) -> None:
        given = base.sample('site-update-request')
        url = f'{base.V1}/sites/{SHOWN["id"]}'
        self.server.get(url, json=SHOWN | {'enabled': False})
        self.server.patch(url, json=SHOWN)
        site = self.client.get_site(SHOWN['id'])
        self.client.update_site(site, **given)
        self.assertEqual(given, self.server.last_request.json())

    def test_delete_of_a_missing_one(self) -> None:
        self.refuse('DELETE', '/sites/x', 404, 'site.not_found', 'None.')
        self.client.delete_site('x')
        self.assertRaises(
            exceptions.NotFoundException,
            self.client.delete_site,
            'x',
            ignore_missing=False,
        )

    def test_delete_with_its_credentials(self) -> None:
        self.server.delete(f'{base.V1}/sites/x', status_code=204)
        for cascade, query in ((True, {}), (False, {'cascade': ['false']})):
            self.client.delete_site('x', cascade=cascade)
            self.assertEqual(query, self.server.last_request.qs)

    def test_find_by_name(self) -> None:
        self.refuse('GET', '/sites/north', 404, 'site.not_found', 'None.')
        self.server.get(
            f'{base.V1}/sites?name=north',
            json={'sites': [SHOWN], 'links': []},
        )
        self.assertEqual(SHOWN['id'], self.client.find_site('north').id)

    def test_find_nothing_as_openstacksdk_does(self) -> None:
        self.refuse('GET', '/sites/north', 404, 'site.not_found', 'None.')
        none = {'sites': [], 'links': []}
        self.server.get(f'{base.V1}/sites?name=north', json=none)
        self.assertIsNone(self.client.find_site('north'))
        self.assertRaises(
            exceptions.NotFoundException,
            self.client.find_site,
            'north',
            ignore_missing=False,
        )

    def test_find_lists_those_of_one_name(self) -> None:
        self.refuse('GET', '/sites/north', 404, 'site.not_found', 'None.')
        other = SHOWN | {'id': 'other', 'auth_url': 'https://other'}
        self.server.get(
            f'{base.V1}/sites?name=north',
            json={'sites': [SHOWN, other], 'links': []},
        )
        error = self.assertRaises(
            exceptions.DuplicateResource, self.client.find_site, 'north'
        )
        self.assertEqual(
            '2 sites are called north; name one of them by its ID:\n'
            f'  {SHOWN["id"]} ({SHOWN["auth_url"]})\n'
            '  other (https://other)',
            str(error),
        )
