# SPDX-License-Identifier: Apache-2.0

import ddt

from glint.db import site as db_site
from glint.db.queue import health as db_health
from glint.db.queue import lease
from glint.tests.unit.api import base
from glint.tests.unit.api import certificates

HOME = f'/v1/sites/{db_site.HOME_ID}'
GOOD = {'name': 'west', 'auth_url': 'https://west.example.org/v3'}


def _names(response):
    return [site['name'] for site in response.json['sites']]


@ddt.ddt
class CreateTest(base.TestCase):
    def test_least_body_gets_the_defaults(self):
        response = self.call('POST', '/v1/sites', GOOD, status=201)
        site = response.json
        self.assertEqual(
            f'http://localhost/v1/sites/{site["id"]}', response.location
        )
        self.assertEqual(
            {
                **GOOD,
                'id': site['id'],
                'description': None,
                'region_name': None,
                'interface': 'public',
                'ca_cert': None,
                'enabled': True,
                'home': False,
                'shared': False,
                'project_id': 'ours',
                'health': {
                    'state': 'unknown',
                    'checked_at': None,
                    'detail': None,
                },
                'created_at': site['created_at'],
                'updated_at': None,
            },
            site,
        )
        self.assertEqual(site, self.call('GET', response.location).json)

    def test_all_fields_are_kept(self):
        ca_cert, _key = certificates.make()
        values = {
            'description': 'the west',
            'region_name': 'RegionOne',
            'interface': 'internal',
            'ca_cert': ca_cert,
            'enabled': False,
        }
        site = self.add_site(**values)
        self.assertEqual(values, {key: site[key] for key in values})

    def test_slashes_at_the_end_of_the_address_are_dropped(self):
        site = self.add_site(auth_url='https://west.example.org/v3//')
        self.assertEqual('https://west.example.org/v3', site['auth_url'])

    @ddt.data(
        {},
        {'name': 'west'},
        {'auth_url': 'https://west.example.org'},
        {**GOOD, 'id': '1'},
        {**GOOD, 'home': True},
        {**GOOD, 'project_id': 'theirs'},
        {**GOOD, 'name': ' '},
        {**GOOD, 'name': 'a\nb'},
        {**GOOD, 'name': 'a\n'},
        {**GOOD, 'name': 'a\x7f'},
        {**GOOD, 'name': 'a\x85b'},
        {**GOOD, 'name': '\x9b31ma'},
        {**GOOD, 'name': 'a\u2028b'},
        {**GOOD, 'name': 'a\u2029'},
        {**GOOD, 'name': 'a\u202egpj.exe'},
        {**GOOD, 'name': '\u2066a'},
        {**GOOD, 'region_name': 'a\x85b'},
        {**GOOD, 'name': None},
        {**GOOD, 'name': 'x' * 256},
        {**GOOD, 'description': 'x' * 1001},
        {**GOOD, 'auth_url': 'west.example.org'},
        {**GOOD, 'auth_url': 'https://user:pw@west.example.org'},
        {**GOOD, 'auth_url': 'https://west.example.org/' + 'x' * 1000},
        {**GOOD, 'region_name': ''},
        {**GOOD, 'interface': None},
        {**GOOD, 'ca_cert': 'nonsense'},
        {**GOOD, 'enabled': 'true'},
        {**GOOD, 'enabled': 1},
        {**GOOD, 'shared': None},
    )
    def test_bad_body_returns_400(self, body):
        self.refused(400, 'request.invalid', 'POST', '/v1/sites', body)

    def test_name_in_use_in_the_project_returns_409(self):
        self.add_site()
        self.refused(409, 'site.exists', 'POST', '/v1/sites', GOOD)

    def test_name_in_use_in_another_project_is_taken(self):
        self.add_site()
        self.add_site(persona='stranger')

    def test_name_of_home_or_a_shared_site_returns_409(self):
        self.add_site(persona='admin', shared=True)
        for name in ('home', 'west'):
            self.refused(
                409, 'site.exists', 'POST', '/v1/sites', {**GOOD, 'name': name}
            )

    def test_sharing_needs_admin(self):
        body = {**GOOD, 'shared': True}
        self.refused(403, 'request.forbidden', 'POST', '/v1/sites', body)
        site = self.add_site(persona='admin', shared=True)
        self.assertTrue(site['shared'])


@ddt.ddt
class IndexTest(base.TestCase):
    def test_own_shared_and_home_are_listed(self):
        self.add_site('own')
        self.add_site('shared', 'admin', shared=True)
        self.add_site('theirs', 'stranger')
        self.assertEqual(
            ['shared', 'own', 'home'], _names(self.call('GET', '/v1/sites'))
        )

    def test_home_comes_first_seen_and_belongs_to_nobody(self):
        (home,) = self.call('GET', '/v1/sites').json['sites']
        self.assertTrue(home['home'])
        self.assertTrue(home['shared'])
        self.assertIsNone(home['project_id'])

    def test_all_projects_needs_admin(self):
        self.add_site('theirs', 'stranger')
        path = '/v1/sites?all_projects=true'
        self.assertEqual(
            ['theirs', 'home'], _names(self.call('GET', path, persona='admin'))
        )
        self.refused(403, 'request.forbidden', 'GET', path)
        self.assertEqual(
            ['home'],
            _names(self.call('GET', '/v1/sites', persona='admin')),
        )

    @ddt.data(
        ('name=east', ['east']),
        ('enabled=false', ['east']),
        ('enabled=true&home=false', ['west']),
        ('region_name=R1', ['west']),
        ('interface=internal', ['east']),
        ('home=true', ['home']),
        ('shared=0&enabled=yes', ['west']),
        ('project_id=ours&sort_key=name&sort_dir=asc', ['east', 'west']),
        ('project_id=theirs', []),
        ('auth_url=https://west.example.org:5000/v3&name=west', ['west']),
        ('sort_key=name&sort_dir=asc', ['east', 'home', 'west']),
        ('sort_key=name&sort_dir=desc', ['west', 'home', 'east']),
        ('sort_key=name', ['west', 'home', 'east']),
        ('', ['east', 'west', 'home']),
    )
    @ddt.unpack
    def test_filters_and_order(self, query, names):
        self.add_site('west', region_name='R1')
        self.add_site('east', enabled=False, interface='internal')
        self.assertEqual(names, _names(self.call('GET', f'/v1/sites?{query}')))

    def test_pages_follow_each_other_in_every_order(self):
        for number in range(4):
            region = {'region_name': 'R'} if number % 2 else {}
            self.add_site(f'site-{number}', **region)
        keys = ('name', 'created_at', 'updated_at', 'region_name', 'enabled')
        for key in (*keys, 'shared'):
            for direction in ('asc', 'desc'):
                order = f'sort_key={key}&sort_dir={direction}'
                whole = _names(self.call('GET', f'/v1/sites?{order}'))
                self.assertEqual(5, len(whole))
                self.assertEqual(whole, self._walk(f'{order}&limit=2'), order)

    def test_filters_hold_on_the_next_page(self):
        for number in range(3):
            self.add_site(f'Zürich {number}', region_name='R & ü')
        self.assertEqual(
            ['Zürich 2', 'Zürich 1', 'Zürich 0'],
            self._walk('region_name=R%20%26%20%C3%BC&enabled=true&limit=1'),
        )

    def _walk(self, query):
        address, names = f'/v1/sites?{query}', []
        while address:
            response = self.call('GET', address)
            names += _names(response)
            links = response.json['links']
            address = links[0]['href'] if links else None
        return names

    def test_last_page_has_no_link(self):
        self.add_site()
        self.assertEqual(
            [], self.call('GET', '/v1/sites?limit=2').json['links']
        )

    def test_limit_above_the_most_is_cut(self):
        self.config(group='api', max_limit=1)
        self.add_site()
        for query in ('', '?limit=50'):
            response = self.call('GET', f'/v1/sites{query}')
            self.assertEqual(1, len(response.json['sites']))
            self.assertEqual(1, len(response.json['links']))

    def test_marker_that_is_not_visible_returns_400(self):
        theirs = self.add_site(persona='stranger')
        self.refused(
            400, 'request.invalid', 'GET', f'/v1/sites?marker={theirs["id"]}'
        )


class ShowTest(base.TestCase):
    def test_unknown_site_returns_404(self):
        self.refused(404, 'site.not_found', 'GET', HOME[:-1] + '0')

    def test_site_of_others_returns_404_but_to_admin(self):
        path = f'/v1/sites/{self.add_site()["id"]}'
        self.refused(404, 'site.not_found', 'GET', path, persona='stranger')
        self.call('GET', path, persona='admin')

    def test_shared_site_is_shown_to_all(self):
        site = self.add_site(persona='admin', shared=True)
        self.call('GET', f'/v1/sites/{site["id"]}', persona='stranger')

    def test_health_is_what_was_last_noted(self):
        db_health.failed(self.context, db_site.HOME_ID, 'Gone.')
        health = self.call('GET', HOME).json['health']
        self.assertEqual('unreachable', health['state'])
        self.assertEqual('Gone.', health['detail'])
        self.assertIsNotNone(health['checked_at'])


@ddt.ddt
class UpdateTest(base.TestCase):
    def setUp(self):
        super().setUp()
        self.site = self.add_site()
        self.path = f'/v1/sites/{self.site["id"]}'

    def test_given_fields_alone_are_changed(self):
        values = {
            'name': 'far west',
            'description': 'x',
            'region_name': 'R2',
            'interface': 'admin',
            'enabled': False,
            'auth_url': 'https://new.example.org/',
        }
        changed = self.call('PATCH', self.path, values).json
        values['auth_url'] = 'https://new.example.org'
        self.assertEqual(
            {**self.site, **values, 'updated_at': changed['updated_at']},
            changed,
        )
        self.assertIsNotNone(changed['updated_at'])

    def test_null_clears_a_field(self):
        self.call('PATCH', self.path, {'region_name': 'R', 'description': 'x'})
        site = self.call(
            'PATCH', self.path, {'region_name': None, 'description': None}
        ).json
        self.assertIsNone(site['region_name'])
        self.assertIsNone(site['description'])

    def test_same_values_change_nothing(self):
        site = self.call('PATCH', self.path, {'name': 'west'}).json
        self.assertEqual(self.site, site)

    @ddt.data(
        {},
        [],
        [{'op': 'replace', 'path': '/name', 'value': 'x'}],
        {'id': 'x'},
        {'home': True},
        {'project_id': 'theirs'},
        {'health': {}},
        {'name': None},
        {'auth_url': None},
        {'enabled': None},
    )
    def test_bad_body_returns_400(self, body):
        self.refused(400, 'request.invalid', 'PATCH', self.path, body)

    def test_name_of_another_site_returns_409(self):
        self.add_site('east')
        self.add_site('common', 'admin', shared=True)
        for name in ('east', 'common', 'home'):
            self.refused(
                409, 'site.exists', 'PATCH', self.path, {'name': name}
            )

    def test_site_of_others_returns_404(self):
        self.refused(
            404,
            'site.not_found',
            'PATCH',
            self.path,
            {'name': 'x'},
            persona='stranger',
        )

    def test_reader_gets_403(self):
        self.refused(
            403,
            'request.forbidden',
            'PATCH',
            self.path,
            {'name': 'x'},
            persona='reader',
        )

    def test_admin_may_change_all(self):
        self.call('PATCH', self.path, {'name': 'x'}, persona='admin')

    def test_sharing_needs_admin(self):
        for persona in ('member', 'manager'):
            self.refused(
                403,
                'request.forbidden',
                'PATCH',
                self.path,
                {'shared': True},
                persona=persona,
            )
        self.call('PATCH', self.path, {'shared': True}, persona='admin')

    def test_shared_site_needs_admin(self):
        self.call('PATCH', self.path, {'shared': True}, persona='admin')
        for persona in ('member', 'stranger'):
            self.refused(
                403,
                'request.forbidden',
                'PATCH',
                self.path,
                {'name': 'x'},
                persona=persona,
            )

    def test_home_returns_403(self):
        for persona in ('member', 'admin'):
            self.refused(
                403, 'site.home', 'PATCH', HOME, {'name': 'x'}, persona=persona
            )

    def test_new_place_under_active_copies_returns_409(self):
        self.add_home_credential()
        self.add_credential(self.site['id'])
        self.add_replication(self.site['id'])
        place = self._other_way()
        certificate = place.pop('ca_cert')
        for field, value in place.items():
            for persona in ('member', 'admin'):
                self.refused(
                    409,
                    'site.in_use',
                    'PATCH',
                    self.path,
                    {field: value},
                    persona=persona,
                )
        self.assertEqual(self.site, self.call('GET', self.path).json)
        self.call('PATCH', self.path, {'description': 'still the same'})
        self.call('PATCH', self.path, {'ca_cert': certificate})

    def test_new_way_with_credentials_of_others_returns_409(self):
        self.add_credential(self.site['id'])
        self.add_credential(self.site['id'], 'colleague')
        for field, value in self._other_way().items():
            self.refused(
                409,
                'site.has_credentials',
                'PATCH',
                self.path,
                {field: value},
            )
        self.assertEqual(self.site, self.call('GET', self.path).json)
        self.call('PATCH', self.path, {'description': 'no other way'})
        self.call('PATCH', self.path, self._other_way(), persona='admin')

    def _other_way(self):
        """Make values of all that decides where credentials are sent."""
        return {
            'auth_url': 'https://evil.example.org',
            'ca_cert': certificates.make()[0],
            'interface': 'internal',
            'region_name': 'Elsewhere',
        }

    def test_same_address_with_credentials_of_others_is_taken(self):
        self.add_credential(self.site['id'], 'colleague')
        self.call('PATCH', self.path, {'auth_url': self.site['auth_url']})

    def test_new_address_with_own_credentials_is_taken(self):
        self.add_credential(self.site['id'])
        self.call('PATCH', self.path, self._other_way())


class DeleteTest(base.TestCase):
    def setUp(self):
        super().setUp()
        self.site = self.add_site()
        self.path = f'/v1/sites/{self.site["id"]}'

    def test_site_whose_credentials_are_to_stay_returns_409(self):
        self.add_credential(self.site['id'])
        path = f'{self.path}?cascade=false'
        detail = self.refused(409, 'site.not_empty', 'DELETE', path)
        self.assertIn('1, of which other users have 0', detail)
        self.refused(
            400, 'request.invalid', 'DELETE', f'{self.path}?cascade=perhaps'
        )
        self.call('GET', self.path)

    def test_admin_is_told_that_others_have_credentials(self):
        site = self.add_site('common', 'admin', shared=True)
        path = f'/v1/sites/{site["id"]}'
        name = self.add_credential(site['id'], 'stranger')['name']
        detail = self.refused(
            *(409, 'site.not_empty', 'DELETE', f'{path}?cascade=false'),
            persona='admin',
        )
        self.assertIn('1, of which other users have 1', detail)
        self.assertNotIn(name, detail)
        self.call('DELETE', path, persona='admin', status=204)

    def test_site_is_gone_with_its_credentials(self):
        credential = self.add_credential(self.site['id'])
        response = self.call('DELETE', self.path, status=204)
        self.assertEqual(b'', response.body)
        self.refused(404, 'site.not_found', 'GET', self.path)
        self.refused(404, 'site.not_found', 'DELETE', self.path)
        self.refused(
            404,
            'credential.not_found',
            'GET',
            f'/v1/credentials/{credential["id"]}',
        )

    def test_active_copies_return_409(self):
        self.add_home_credential()
        self.add_credential(self.site['id'])
        replication = self.add_replication(self.site['id'])
        self.refused(409, 'site.in_use', 'DELETE', self.path)
        lease.claim(self.context, replication['id'], 'c1', 5)
        self.refused(409, 'site.in_use', 'DELETE', self.path)

    def test_finished_copies_do_not_matter(self):
        self.add_home_credential()
        self.add_credential(self.site['id'])
        replication = self.add_replication(self.site['id'])
        path = f'/v1/replications/{replication["id"]}'
        self.call('PUT', f'{path}/cancel', status=202)
        self.call('DELETE', f'{self.path}?cascade=true', status=204)
        self.call('GET', path)

    def test_home_returns_403(self):
        for persona in ('member', 'admin'):
            self.refused(403, 'site.home', 'DELETE', HOME, persona=persona)

    def test_site_of_others_returns_404(self):
        self.refused(
            404, 'site.not_found', 'DELETE', self.path, persona='stranger'
        )

    def test_shared_site_needs_admin(self):
        site = self.add_site('common', 'admin', shared=True)
        path = f'/v1/sites/{site["id"]}'
        self.refused(403, 'request.forbidden', 'DELETE', path)
        self.call('DELETE', path, persona='admin', status=204)
