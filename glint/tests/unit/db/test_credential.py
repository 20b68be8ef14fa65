# SPDX-License-Identifier: Apache-2.0

"""Tests of credentials."""

from datetime import timedelta

import ddt
from oslo_utils import timeutils

from glint import exception
from glint import states
from glint.db import credential as db_credential
from glint.db import listing
from glint.db import models
from glint.db import quota
from glint.tests.unit.db import base


@ddt.ddt
class CredentialTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.site_id = self.add_site().id

    def get(self, credential_id: str) -> db_credential.Credential:
        return db_credential.get(self.context, credential_id, None, None)

    def test_credential_is_as_it_was_added(self) -> None:
        secret = 'x' * 100_000
        expires_at = timeutils.utcnow()
        made = self.add_credential(
            self.site_id, name='☃', secret=secret, expires_at=expires_at
        )
        found = self.get(made.id)
        self.assertEqual(
            ('☃', secret, expires_at, False, states.CREDENTIAL_UNKNOWN),
            (
                found.name,
                found.secret,
                found.expires_at,
                found.shared,
                found.state,
            ),
        )

    def test_same_name_of_the_same_user_at_the_site_is_refused(self) -> None:
        self.add_credential(self.site_id, name='x')
        self.assertRaises(
            exception.CredentialExists,
            self.add_credential,
            self.site_id,
            name='x',
        )
        self.add_credential(self.site_id, name='x', user_id='v')
        self.add_credential(self.site_id, name='x', project_id='q')
        self.add_credential(self.add_site().id, name='x')

    def test_credential_for_no_site_is_refused(self) -> None:
        self.assertRaises(exception.UnknownSite, self.add_credential, 'gone')

    def test_deletion_of_the_site_at_once_leaves_no_orphan(self) -> None:
        for _round in range(5):
            site_id = self.add_site().id
            made, deleted = self.together(
                lambda of=site_id: self.add_credential(of),
                lambda of=site_id: self.delete_site(of),
            )
            self.assertIsNone(deleted)
            if made is not exception.UnknownSite:
                self.assertRaises(
                    exception.CredentialNotFound, self.get, made.id
                )

    @ddt.data(
        (False, 'p', 'u', True),
        (False, 'p', 'v', False),
        (False, 'q', 'u', False),
        (True, 'p', 'v', True),
        (True, 'q', 'u', False),
        (False, None, None, True),
    )
    @ddt.unpack
    def test_credential_is_seen_by_whom_it_is_for(
        self,
        shared: bool,
        project_id: str | None,
        user_id: str | None,
        seen: bool,
    ) -> None:
        made = self.add_credential(self.site_id, shared=shared)
        found = db_credential.index(
            self.context, project_id, user_id, listing.Page()
        )
        self.assertEqual([made.id] if seen else [], [row.id for row in found])
        if seen:
            db_credential.get(self.context, made.id, project_id, user_id)
        else:
            self.assertRaises(
                exception.CredentialNotFound,
                db_credential.get,
                self.context,
                made.id,
                project_id,
                user_id,
            )

    def choose(self, user_id: str = 'u') -> str | None:
        chosen = db_credential.choose(self.context, self.site_id, 'p', user_id)
        return chosen.id if chosen else None

    def test_own_credential_is_chosen_before_a_shared_one(self) -> None:
        shared = self.add_credential(
            self.site_id,
            user_id='v',
            shared=True,
            state=states.CREDENTIAL_OK,
        )
        self.assertEqual(shared.id, self.choose())
        own = self.add_credential(self.site_id)
        self.assertEqual(own.id, self.choose())

    def test_credential_that_worked_is_chosen_before_a_newer_one(
        self,
    ) -> None:
        works = self.add_credential(
            self.site_id,
            state=states.CREDENTIAL_OK,
            created_at=timeutils.utcnow() - timedelta(days=1),
        )
        self.add_credential(self.site_id)
        self.assertEqual(works.id, self.choose())

    def test_refused_credential_is_chosen_last(self) -> None:
        older = self.add_credential(
            self.site_id, created_at=timeutils.utcnow() - timedelta(days=1)
        )
        refused = self.add_credential(self.site_id)
        self.refuse(refused.id)
        self.assertEqual(older.id, self.choose())
        db_credential.delete(self.context, older.id)
        self.assertEqual(refused.id, self.choose())

    def test_newest_credential_is_chosen_among_equals(self) -> None:
        newest = self.add_credential(self.site_id)
        self.add_credential(
            self.site_id, created_at=timeutils.utcnow() - timedelta(days=1)
        )
        self.assertEqual(newest.id, self.choose())

    def test_credential_of_others_is_not_chosen(self) -> None:
        self.add_credential(self.site_id, user_id='v')
        self.add_credential(self.site_id, project_id='q', shared=True)
        self.add_credential(self.add_site().id)
        self.assertIsNone(self.choose())

    def test_all_are_chosen_as_one_is(self) -> None:
        other = self.add_site().id
        expected = {}
        for site_id in (self.site_id, other):
            self.add_credential(site_id, user_id='v', shared=True)
            expected[site_id] = self.add_credential(site_id).id
            self.add_credential(site_id, user_id='v')
        self.add_credential(self.add_site().id, project_id='q', shared=True)
        chosen = db_credential.choose_all(self.context, 'p', 'u')
        self.assertEqual(
            expected, {site_id: row.id for site_id, row in chosen.items()}
        )
        self.assertEqual(expected[self.site_id], self.choose())

    def test_check_is_noted(self) -> None:
        made = self.add_credential(self.site_id)
        db_credential.set_state(
            self.context, made.id, states.CREDENTIAL_UNREACHABLE, 'Gone.'
        )
        found = self.get(made.id)
        self.assertEqual(
            (states.CREDENTIAL_UNREACHABLE, 'Gone.', None),
            (found.state, found.detail, found.refused_at),
        )
        self.assertIsNotNone(found.checked_at)

    def test_refusals_are_noted_with_the_time_of_the_first(self) -> None:
        made = self.add_credential(self.site_id)
        self.refuse(made.id, counted=True)
        first = self.get(made.id)
        self.assertEqual(
            (states.CREDENTIAL_UNAUTHORIZED, 'No such user.', 1),
            (first.state, first.detail, first.wrong_logins),
        )
        self.assertEqual(first.checked_at, first.refused_at)
        self.refuse(made.id)
        second = self.get(made.id)
        self.assertEqual(first.refused_at, second.refused_at)
        self.assertGreater(second.checked_at, second.refused_at)
        self.assertEqual(1, second.wrong_logins)

    def test_one_that_works_is_not_refused_any_more(self) -> None:
        made = self.add_credential(self.site_id)
        self.refuse(made.id)
        self.accept(made.id)
        self.assertIsNone(self.get(made.id).refused_at)

    def test_deleted_credential_is_gone(self) -> None:
        made = self.add_credential(self.site_id)
        db_credential.delete(self.context, made.id)
        for refused in (self.get, self._delete):
            self.assertRaises(exception.CredentialNotFound, refused, made.id)

    def _delete(self, credential_id: str) -> None:
        db_credential.delete(self.context, credential_id)

    @ddt.data(*states.ACTIVE)
    def test_credential_of_unfinished_copies_is_not_deleted(
        self, state: str
    ) -> None:
        for credential_id in self._used(self.make(state)):
            self.assertRaises(
                exception.CredentialInUse, self._delete, credential_id
            )
            self.get(credential_id)

    @ddt.data(*states.FINAL)
    def test_credential_of_finished_copies_is_deleted(
        self, state: str
    ) -> None:
        for credential_id in self._used(self.make(state)):
            self._delete(credential_id)

    def _used(self, copy: models.ImageCopy) -> tuple[str, str]:
        replication = self.replication(copy.replication_id)
        return copy.credential_id, replication.source_credential_id

    def test_verdict_on_a_replaced_secret_is_not_noted(self) -> None:
        made = self.add_credential(self.site_id, secret='old')
        self.refuse(made.id)
        db_credential.update(
            self.context, made, secret='new', state=states.CREDENTIAL_OK
        )
        before = self.get(made.id)
        db_credential.refuse(self.context, made.id, 'No.', True, 'old')
        db_credential.set_state(
            self.context, made.id, states.CREDENTIAL_UNREACHABLE, 'x', 'old'
        )
        after = self.get(made.id)
        self.assertEqual(
            (states.CREDENTIAL_OK, before.checked_at, 0),
            (after.state, after.checked_at, after.wrong_logins),
        )
        db_credential.refuse(self.context, made.id, 'No.', True, 'new')
        self.assertEqual(
            states.CREDENTIAL_UNAUTHORIZED, self.get(made.id).state
        )


class TrialTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.site_id = self.add_site().id
        self.real = self.add_credential(self.site_id)
        self.trial = self.add_credential(
            self.site_id,
            trial_of=self.real.id,
            state=states.CREDENTIAL_OK,
            shared=True,
        )

    def test_trial_is_neither_seen_nor_used(self) -> None:
        seen = db_credential.index(self.context, 'p', 'u', listing.Page())
        self.assertEqual([self.real.id], [row.id for row in seen])
        self.assertRaises(
            exception.CredentialNotFound,
            db_credential.get,
            self.context,
            self.trial.id,
            'p',
            'u',
        )
        chosen = db_credential.choose(self.context, self.site_id, 'p', 'u')
        self.assertEqual(self.real.id, chosen and chosen.id)
        limit = quota.Limit('p', quota.CREDENTIALS, 2)
        self.add_credential(self.site_id, limit=limit)

    def test_trial_ends_with_its_credential(self) -> None:
        db_credential.delete(self.context, self.real.id)
        self.assertRaises(
            exception.CredentialNotFound,
            db_credential.get,
            self.context,
            self.trial.id,
            None,
            None,
        )

    def test_trial_of_a_process_that_died_is_deleted(self) -> None:
        hour = timedelta(hours=1)
        db_credential.end_trials(self.context, hour)
        db_credential.get(self.context, self.trial.id, None, None)
        self.set_columns(
            models.Credential,
            self.trial.id,
            created_at=timeutils.utcnow() - 2 * hour,
        )
        self.set_columns(
            models.Credential,
            self.real.id,
            created_at=timeutils.utcnow() - 2 * hour,
        )
        db_credential.end_trials(self.context, hour)
        self.assertRaises(
            exception.CredentialNotFound,
            db_credential.get,
            self.context,
            self.trial.id,
            None,
            None,
        )
        db_credential.get(self.context, self.real.id, None, None)


class SecretTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.site_id = self.add_site().id

    def test_secret_is_swapped_for_its_new_form(self) -> None:
        old = self.add_credential(self.site_id, secret='old')
        self.assertTrue(
            db_credential.swap_secret(
                self.context, old, scheme='s', key_id='k2', secret='new'
            )
        )
        found = db_credential.get(self.context, old.id, None, None)
        self.assertEqual(
            ('s', 'k2', 'new', None),
            (found.scheme, found.key_id, found.secret, found.updated_at),
        )

    def test_secret_that_changed_meanwhile_is_not_swapped(self) -> None:
        old = self.add_credential(self.site_id, secret='old')
        self.set_columns(models.Credential, old.id, secret='newer')
        same = self.rows()
        self.assertFalse(
            db_credential.swap_secret(
                self.context, old, scheme='s', key_id='k2', secret='new'
            )
        )
        self.assertEqual(same, self.rows())

    def test_rows_on_other_keys_and_schemes_are_found(self) -> None:
        self.add_credential(self.site_id, scheme='a', key_id='1')
        self.add_credential(self.site_id, scheme='a', key_id='1')
        self.add_credential(self.site_id, scheme='a', key_id='2')
        self.add_credential(self.site_id, scheme='b', key_id='1')
        self.assertEqual(
            {('a', '1'), ('a', '2'), ('b', '1')},
            db_credential.key_ids(self.context),
        )
        found = db_credential.not_encrypted_with(self.context, 'a', '1', 9)
        self.assertEqual(
            [('a', '2'), ('b', '1')],
            sorted((row.scheme, row.key_id) for row in found),
        )
        self.assertEqual(
            1,
            len(db_credential.not_encrypted_with(self.context, 'a', '1', 1)),
        )

    def test_row_shows_no_secret_when_it_is_printed(self) -> None:
        made = self.add_credential(self.site_id, secret='canary')
        self.assertNotIn('canary', f'{made!r} {made}')
