# SPDX-License-Identifier: Apache-2.0

"""Sites: added, shown, changed, deleted, listed."""

from tempest.lib import decorators
from tempest.lib import exceptions
from tempest.lib.common.utils import data_utils

from glint_tempest_plugin.tests import base


class SiteTest(base.BaseTest):
    @decorators.attr(type='smoke')
    @decorators.idempotent_id('c7229387-9405-4e4d-af62-ed404adf837e')
    def test_added_site_is_shown(self):
        fields = {
            'name': data_utils.rand_name('site'),
            'description': 'The cloud of the northern branch.',
            'auth_url': base.NOWHERE,
            'region_name': 'North',
            'interface': 'internal',
            'enabled': False,
        }
        made = self.create_site(**fields)
        self.assertEqual(
            fields, {key: made[key] for key in fields}, dict(made)
        )
        self.assertTrue(
            made.response['location'].endswith(f'/v1/sites/{made["id"]}')
        )
        shown = self.member.sites.show_site(made['id'])
        self.assertEqual(dict(made), dict(shown))

    @decorators.idempotent_id('fadad270-e914-4238-8f79-a28219c50a62')
    def test_site_has_defaults(self):
        site = self.create_site()
        self.assertEqual(
            ('public', None, None, None, True, False, False),
            (
                site['interface'],
                site['description'],
                site['region_name'],
                site['ca_cert'],
                site['enabled'],
                site['shared'],
                site['home'],
            ),
        )
        self.assertEqual(
            self.member.credentials.project_id, site['project_id']
        )
        self.assertEqual('unknown', site['health']['state'])

    @decorators.idempotent_id('f3c6859f-f361-44c1-8623-c052bf30ffbf')
    def test_change_keeps_what_is_not_given(self):
        site = self.create_site(description='old', region_name='North')
        changed = self.member.sites.update_site(site['id'], description=None)
        self.assertIsNotNone(changed['updated_at'])
        self.assertEqual(
            {**site, 'description': None},
            {**changed, 'updated_at': site['updated_at']},
        )

    @decorators.attr(type='smoke')
    @decorators.idempotent_id('f920c9d1-1fa2-42af-8167-2afc700fcf10')
    def test_deleted_site_is_gone(self):
        site = self.create_site()
        self.member.sites.delete_site(site['id'])
        self.assertRaises(
            exceptions.NotFound, self.member.sites.show_site, site['id']
        )
        ids = [item['id'] for item in self.member.sites.list_sites()['sites']]
        self.assertNotIn(site['id'], ids)

    @decorators.idempotent_id('3c146824-7dd8-49a5-ad17-e958f0a32031')
    def test_deleted_site_frees_its_name(self):
        site = self.create_site()
        self.member.sites.delete_site(site['id'])
        again = self.create_site(name=site['name'])
        self.assertNotEqual(site['id'], again['id'])


class SiteListTest(base.BaseTest):
    """Lists of the sites of a project that has few."""

    @classmethod
    def resource_setup(cls):
        super().resource_setup()
        client = cls.member.sites
        for number in range(5):
            site = client.create_site(
                name=f'site-{number}',
                auth_url=base.NOWHERE,
                region_name=('North', 'South')[number % 2],
                enabled=number != 3,
            )
            cls.addClassResourceCleanup(client.delete_site, site['id'])

    def names(self, **query):
        listed = self.member.sites.list_sites(**query)
        # There may be shared sites of others.
        return [
            site['name']
            for site in listed['sites']
            if site['project_id'] == self.member.credentials.project_id
        ]

    @decorators.attr(type='smoke')
    @decorators.idempotent_id('0c77d486-17bc-4c1c-b511-c861ecec8335')
    def test_home_site_is_listed_once(self):
        listed = self.member.sites.list_sites(home=True)['sites']
        self.assertEqual(
            [(True, True, None)],
            [(s['home'], s['shared'], s['project_id']) for s in listed],
        )

    @decorators.idempotent_id('cd0173ed-a1d8-4b9a-96a4-2f182b20216a')
    def test_filters_leave_out_others(self):
        self.assertEqual(['site-2'], self.names(name='site-2'))
        self.assertEqual(['site-3'], self.names(enabled=False))
        self.assertEqual(
            {'site-1', 'site-3'}, set(self.names(region_name='South'))
        )
        self.assertEqual(
            ['site-1'], self.names(region_name='South', enabled=True)
        )
        self.assertEqual([], self.names(name='site-9'))

    @decorators.idempotent_id('3a6e02fb-2fb1-4269-ade7-a27822db80eb')
    def test_order_is_as_asked_for(self):
        names = [f'site-{number}' for number in range(5)]
        self.assertEqual(names, self.names(sort_key='name', sort_dir='asc'))
        self.assertEqual(
            names[::-1], self.names(sort_key='name', sort_dir='desc')
        )
        self.assertEqual(
            names, self.names(sort_key='created_at', sort_dir='asc')
        )

    @decorators.idempotent_id('d9dd1859-fe68-4723-b413-aec21e231014')
    def test_links_lead_through_all_pages(self):
        query = {
            'project_id': self.member.credentials.project_id,
            'sort_key': 'name',
            'sort_dir': 'desc',
        }
        page = self.member.sites.list_sites(limit=2, **query)
        found = [[site['name'] for site in page['sites']]]
        while page['links']:
            page = self.member.sites.follow_sites(page['links'][0]['href'])
            found.append([site['name'] for site in page['sites']])
        self.assertEqual(
            [['site-4', 'site-3'], ['site-2', 'site-1'], ['site-0']], found
        )

    @decorators.idempotent_id('02c43b39-2054-4a8e-9611-b9e26066d95f')
    def test_page_begins_behind_the_marker(self):
        order = {'sort_key': 'name', 'sort_dir': 'asc'}
        (marker,) = self.member.sites.list_sites(name='site-2')['sites']
        self.assertEqual(
            ['site-3', 'site-4'], self.names(marker=marker['id'], **order)
        )
