# SPDX-License-Identifier: Apache-2.0

"""Sites that are refused."""

from tempest.lib import decorators
from tempest.lib import exceptions
from tempest.lib.common.utils import data_utils

from glint_tempest_plugin.tests import base

_BAD_FIELDS = (
    {'name': ''},
    {'name': 'x' * 256},
    {'name': 7},
    {'name': 'two\nlines'},
    {'auth_url': 'ftp://keystone.example.org'},
    {'auth_url': 'keystone.example.org'},
    {'auth_url': None},
    {'interface': 'secret'},
    {'enabled': 'yes'},
    {'ca_cert': 'no certificate'},
    {'description': 'x' * 1001},
    {'region_name': ''},
    {'id': data_utils.rand_uuid()},
    {'home': True},
    {'health': {}},
    {'unknown': 1},
)

_BAD_QUERIES = (
    {'limit': 0},
    {'limit': 'many'},
    {'marker': 'home'},
    {'marker': data_utils.rand_uuid()},
    {'sort_key': 'auth_url'},
    {'sort_dir': 'up'},
    {'enabled': 'perhaps'},
    {'unknown': 1},
)


class SiteNegativeTest(base.BaseTest):
    @decorators.attr(type='negative')
    @decorators.idempotent_id('23770886-e3b6-463b-b723-da7a42b41994')
    def test_bad_fields_are_refused(self):
        for fields in _BAD_FIELDS:
            self.refused(
                exceptions.BadRequest,
                'request.invalid',
                self.create_site,
                **fields,
            )
        own = {'project_id': self.member.credentials.project_id}
        self.assertEqual([], self.member.sites.list_sites(**own)['sites'])

    @decorators.attr(type='negative')
    @decorators.idempotent_id('f1ec54d5-fb51-44c9-bbff-f45dffc68713')
    def test_bad_fields_change_nothing(self):
        site = self.create_site()
        for fields in (*_BAD_FIELDS, {}):
            self.refused(
                exceptions.BadRequest,
                'request.invalid',
                self.member.sites.update_site,
                site['id'],
                **fields,
            )
        shown = self.member.sites.show_site(site['id'])
        self.assertEqual(dict(site), dict(shown))

    @decorators.attr(type='negative')
    @decorators.idempotent_id('1da1954c-00fd-4b4c-8fd0-cad7530c18c9')
    def test_name_and_address_are_needed(self):
        for fields in ({'name': 'n'}, {'auth_url': base.NOWHERE}, {}):
            self.refused(
                exceptions.BadRequest,
                'request.invalid',
                self.member.sites.create_site,
                **fields,
            )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('550763ec-c29b-4306-9e77-60ceceb3e0df')
    def test_bad_queries_are_refused(self):
        for query in _BAD_QUERIES:
            self.refused(
                exceptions.BadRequest,
                'request.invalid',
                self.member.sites.list_sites,
                **query,
            )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('9f03e29e-d3ed-46a1-9dc2-42d1ead4bf4b')
    def test_name_that_is_taken_is_refused(self):
        first = self.create_site()
        second = self.create_site()
        self.refused(
            exceptions.Conflict,
            'site.exists',
            self.create_site,
            name=first['name'],
        )
        self.refused(
            exceptions.Conflict,
            'site.exists',
            self.member.sites.update_site,
            second['id'],
            name=first['name'],
        )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('d9c1740d-f6ae-40d7-ab81-77951c356223')
    def test_home_site_is_fixed(self):
        (home,) = self.member.sites.list_sites(home=True)['sites']
        self.refused(
            exceptions.Forbidden,
            'site.home',
            self.member.sites.update_site,
            home['id'],
            description='mine',
        )
        self.refused(
            exceptions.Forbidden,
            'site.home',
            self.member.sites.delete_site,
            home['id'],
        )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('17c263e8-cb19-457e-820a-5e29fea43a88')
    def test_unknown_site_is_not_found(self):
        client = self.member.sites
        for call, fields in (
            (client.show_site, {}),
            (client.update_site, {'description': 'x'}),
            (client.delete_site, {}),
        ):
            self.refused(
                exceptions.NotFound,
                'site.not_found',
                call,
                data_utils.rand_uuid(),
                **fields,
            )
            self.assertRaises(exceptions.NotFound, call, 'home', **fields)

    @decorators.attr(type='negative')
    @decorators.idempotent_id('f2a72e31-0668-4fab-aa4d-9482dfcf102e')
    def test_body_that_is_no_json_is_refused(self):
        for text in ('', '{', '[]', 'null', '{"name": NaN}'):
            self.refused(
                exceptions.BadRequest,
                'request.invalid',
                self.member.sites.post,
                'v1/sites',
                text,
            )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('6ff995c2-565b-4c92-bd7f-14288dce4b28')
    def test_body_of_another_type_is_refused(self):
        headers = self.member.sites.get_headers()
        self.refused(
            exceptions.InvalidContentType,
            'request.unsupported_media_type',
            self.member.sites.post,
            'v1/sites',
            'name=n',
            headers={
                **headers,
                'Content-Type': 'application/x-www-form-urlencoded',
            },
        )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('a7bbcc2c-ab79-4047-904a-50d1e0b15a0b')
    def test_unknown_path_is_not_found(self):
        for path in ('v1/nothing', 'v2/sites', 'v1/sites/a/b'):
            self.refused(
                exceptions.NotFound,
                'request.not_found',
                self.member.sites.get,
                path,
            )
