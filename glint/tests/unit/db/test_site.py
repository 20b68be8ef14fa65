# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Tests of sites."""

import ddt

from glint import exception
from glint import states
from glint.db import credential as db_credential
from glint.db import listing
from glint.db import site as db_site
from glint.tests.unit.db import base

HOME = {
    'name': 'home',
    'auth_url': 'https://home.example.org/v3',
    'region_name': None,
    'interface': 'public',
    'ca_cert': None,
}


@ddt.ddt
class SiteTestCase(base.TestCase):
    def test_site_is_as_it_was_added(self) -> None:
        ca_cert = 'x' * 100_000
        made = self.add_site(
            name='Zürich 🏔', description='☃', region_name='R', ca_cert=ca_cert
        )
        found = db_site.get(self.context, made.id, 'p')
        self.assertEqual(
            ('Zürich 🏔', '☃', 'R', ca_cert, True, False, False),
            (
                found.name,
                found.description,
                found.region_name,
                found.ca_cert,
                found.enabled,
                found.home,
                found.shared,
            ),
        )
        self.assertEqual(states.SITE_UNKNOWN, found.health_state)
        self.assertIsNotNone(found.created_at)
        self.assertIsNone(found.updated_at)

    def test_same_name_in_the_same_project_is_refused(self) -> None:
        self.add_site(name='west')
        self.assertRaises(exception.SiteExists, self.add_site, name='west')
        self.add_site(name='west', project_id='q')
        self.add_site(name='West')

    @ddt.data(
        ({}, 'p', True),
        ({}, 'q', False),
        ({}, None, True),
        ({'shared': True}, 'q', True),
        ({'home': True}, 'q', True),
    )
    @ddt.unpack
    def test_site_is_seen_by_whom_it_is_for(
        self, values: dict[str, bool], project_id: str | None, seen: bool
    ) -> None:
        site = self.add_site(**values)
        found = db_site.index(self.context, project_id, listing.Page())
        self.assertEqual([site.id] if seen else [], [row.id for row in found])
        if seen:
            self.assertEqual(
                site.id, db_site.get(self.context, site.id, project_id).id
            )
        else:
            self.assertRaises(
                exception.SiteNotFound,
                db_site.get,
                self.context,
                site.id,
                project_id,
            )

    def test_change_of_a_site_is_kept(self) -> None:
        site = self.add_site(name='west')
        changed = db_site.update(
            self.context, site.id, name='east', enabled=False
        )
        self.assertEqual(('east', False), (changed.name, changed.enabled))
        self.assertIsNotNone(changed.updated_at)
        found = db_site.get(self.context, site.id, 'p')
        self.assertEqual(('east', False), (found.name, found.enabled))

    def test_change_to_a_taken_name_is_refused(self) -> None:
        self.add_site(name='west')
        site = self.add_site(name='east')
        self.assertRaises(
            exception.SiteExists,
            db_site.update,
            self.context,
            site.id,
            name='west',
        )

    def test_change_or_deletion_of_no_site_is_not_found(self) -> None:
        self.assertRaises(
            exception.SiteNotFound,
            db_site.update,
            self.context,
            'gone',
            name='x',
        )
        self.assertRaises(
            exception.SiteNotFound, db_site.delete, self.context, 'gone'
        )

    def test_health_is_no_change_of_the_site(self) -> None:
        site = self.add_site()
        db_site.set_health(
            self.context, site.id, states.SITE_UNREACHABLE, 'Refused.'
        )
        found = db_site.get(self.context, site.id, 'p')
        self.assertEqual(
            (states.SITE_UNREACHABLE, 'Refused.', None),
            (found.health_state, found.health_detail, found.updated_at),
        )
        self.assertIsNotNone(found.health_checked_at)

    def test_deleted_site_takes_its_credentials_along(self) -> None:
        site, other = self.add_site(), self.add_site()
        gone = self.add_credential(site.id)
        kept = self.add_credential(other.id)
        db_site.delete(self.context, site.id)
        self.assertRaises(
            exception.SiteNotFound, db_site.get, self.context, site.id, 'p'
        )
        self.assertRaises(
            exception.CredentialNotFound,
            db_credential.get,
            self.context,
            gone.id,
            None,
            None,
        )
        db_credential.get(self.context, kept.id, None, None)

    @ddt.data(*states.ACTIVE)
    def test_site_of_unfinished_copies_is_not_deleted(
        self, state: str
    ) -> None:
        copy = self.make(state)
        source_id = self.replication(copy.replication_id).source_site_id
        for site_id in (source_id, copy.target_site_id):
            error = self.assertRaises(
                exception.SiteInUse, db_site.delete, self.context, site_id
            )
            site = db_site.get(self.context, site_id, 'p')
            self.assertIn(site.name, str(error))
            self.assertIsNone(site.updated_at)

    @ddt.data(*states.FINAL)
    def test_site_of_finished_copies_is_deleted(self, state: str) -> None:
        copy = self.make(state)
        source_id = self.replication(copy.replication_id).source_site_id
        for site_id in (source_id, copy.target_site_id):
            db_site.delete(self.context, site_id)
        self.assertEqual(state, self.copy(copy.replication_id).state)


class HomeTestCase(base.TestCase):
    def home(self) -> db_site.Site:
        return db_site.get(self.context, db_site.HOME_ID, 'anybody')

    def test_home_is_there_for_everybody(self) -> None:
        db_site.ensure_home(self.context, **HOME)
        home = self.home()
        self.assertEqual(
            (True, True, True, '', 'home'),
            (home.home, home.shared, home.enabled, home.project_id, home.name),
        )

    def test_home_says_what_the_configuration_says_now(self) -> None:
        db_site.ensure_home(self.context, **HOME)
        changed = HOME | {'name': 'here', 'region_name': 'R2'}
        db_site.ensure_home(self.context, **changed)
        home = self.home()
        self.assertEqual(('here', 'R2'), (home.name, home.region_name))
        self.assertEqual(1, len(self.rows()['sites']))

    def test_home_of_many_processes_at_once_is_one(self) -> None:
        done = self.together(
            *[lambda: db_site.ensure_home(self.context, **HOME)] * 6
        )
        self.assertEqual([None] * 6, done)
        self.assertEqual(
            [db_site.HOME_ID], [row['id'] for row in self.rows()['sites']]
        )
