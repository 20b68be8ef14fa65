# SPDX-License-Identifier: Apache-2.0

"""Tests of sites."""

import ddt

from glint import exception
from glint import states
from glint.db import credential as db_credential
from glint.db import listing
from glint.db import models
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.tests.unit.db import base

HOME = {
    'name': 'home',
    'auth_url': 'https://home.example.org/v3',
    'region_name': None,
    'interface': 'public',
    'ca_cert': None,
}
#: What makes another place of any site.
PLACES = (
    {'auth_url': 'https://elsewhere.example.org/v3'},
    {'interface': 'internal'},
    {'region_name': 'Elsewhere'},
)


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

    def test_deleted_site_takes_its_credentials_along(self) -> None:
        site, other = self.add_site(), self.add_site()
        gone = self.add_credential(site.id)
        kept = self.add_credential(other.id)
        self.delete_site(site.id)
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

    def test_site_with_credentials_stays_unless_they_are_to_go(self) -> None:
        site = self.add_site()
        for user_id in ('u', 'v', 'v'):
            made = self.add_credential(site.id, user_id=user_id)
        same = self.rows()
        error = self.assertRaises(
            exception.SiteNotEmpty,
            db_site.delete,
            self.context,
            site.id,
            'u',
        )
        self.assertIn('3, of which other users have 2', str(error))
        for words in (site.name, 'cascade'):
            self.assertIn(words, str(error))
        self.assertNotIn(made.name, str(error))
        self.assertEqual(same, self.rows())

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

    @ddt.data(*states.ACTIVE)
    def test_site_of_unfinished_copies_stays_where_it_is(
        self, state: str
    ) -> None:
        copy = self.make(state)
        source_id = self.replication(copy.replication_id).source_site_id
        same = self.rows()
        for site_id in (source_id, copy.target_site_id):
            for place in PLACES:
                error = self.assertRaises(
                    exception.SiteInUse,
                    db_site.update,
                    self.context,
                    site_id,
                    **place,
                )
                self.assertIn('queued or running (1)', str(error))
        self.assertEqual(same, self.rows())
        # A renewed certificate may be what the copies wait for.
        db_site.update(self.context, copy.target_site_id, ca_cert='new')

    @ddt.data(states.ERROR, states.CANCELLED)
    def test_site_with_leftovers_stays_where_it_is(self, state: str) -> None:
        copy = self.make(state)
        source_id = self.replication(copy.replication_id).source_site_id
        for left in ({'target_image_id': 'i'}, {'made_image_ids': {'k': {}}}):
            self.set_columns(models.ImageCopy, copy.id, **left)
            same = self.rows()
            for place in PLACES:
                error = self.assertRaises(
                    exception.SiteInUse,
                    db_site.update,
                    self.context,
                    copy.target_site_id,
                    **place,
                )
                self.assertIn('unfinished images there (1)', str(error))
            self.assertEqual(same, self.rows())
            db_site.update(self.context, source_id, **PLACES[0])
            self.set_columns(
                models.ImageCopy,
                copy.id,
                target_image_id=None,
                made_image_ids=None,
            )
        for place in PLACES:
            db_site.update(self.context, copy.target_site_id, **place)

    def test_site_of_completed_copies_can_move(self) -> None:
        copy = self.make(states.COMPLETED)
        self.set_columns(models.ImageCopy, copy.id, target_image_id='image')
        for place in PLACES:
            db_site.update(self.context, copy.target_site_id, **place)

    @ddt.data(*states.FINAL)
    def test_site_of_finished_copies_is_deleted(self, state: str) -> None:
        copy = self.make(state)
        source_id = self.replication(copy.replication_id).source_site_id
        for site_id in (source_id, copy.target_site_id):
            self.delete_site(site_id)
        self.assertEqual(state, self.copy(copy.replication_id).state)


@ddt.ddt
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

    @ddt.data(*PLACES)
    def test_home_that_moves_under_copies_is_told(
        self, place: dict[str, str]
    ) -> None:
        db_site.ensure_home(self.context, **HOME)
        request = self.request()
        request['source_site_id'] = db_site.HOME_ID
        db_replication.create(self.context, **request)
        left = self.make(states.ERROR)
        self.set_columns(
            models.ImageCopy,
            left.id,
            target_site_id=db_site.HOME_ID,
            target_image_id='image',
        )
        db_site.ensure_home(self.context, **HOME | {'name': 'here'})
        self.assertNotIn('The home site', self.logs.output)
        db_site.ensure_home(self.context, **HOME | place)
        self.assertIn('1 copies from or to it are', self.logs.output)
        self.assertIn('1 that have ended left', self.logs.output)
        [(name, value)] = place.items()
        self.assertEqual(value, getattr(self.home(), name))

    def test_home_that_moves_while_nothing_is_unfinished_is_not_told(
        self,
    ) -> None:
        db_site.ensure_home(self.context, **HOME)
        self.make(states.QUEUED)
        db_site.ensure_home(self.context, **HOME | {'region_name': 'R9'})
        self.assertNotIn('The home site', self.logs.output)

    def test_home_of_many_processes_at_once_is_one(self) -> None:
        done = self.together(
            *[lambda: db_site.ensure_home(self.context, **HOME)] * 6
        )
        self.assertEqual([None] * 6, done)
        self.assertEqual(
            [db_site.HOME_ID], [row['id'] for row in self.rows()['sites']]
        )
