# SPDX-License-Identifier: Apache-2.0

"""Which credential a copy gets, out of those that there are."""

import ddt

from glint import states
from glint.db import credential as db_credential
from glint.db import image_copy as db_image_copy
from glint.db import listing
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.tests.unit.api.controllers.v1 import replications


class TestCase(replications.TestCase):
    def named(self, *ids, **values):
        """Replicate to both sites with the credentials that are named."""
        return self.add_replication(
            self.west, self.east, credential_ids=list(ids), **values
        )

    def used(self, replication_id):
        """Return the credential of the source and those of the targets."""
        row = db_replication.get(self.context, replication_id, None)
        copies = db_image_copy.index(
            self.context, replication_id, listing.Page()
        )
        return {
            row.source_site_id: row.source_credential_id,
            **{copy.target_site_id: copy.credential_id for copy in copies},
        }


@ddt.ddt
class NamedTest(TestCase):
    def test_named_one_is_used_where_another_would_be_chosen(self):
        newer = self.add_credential(self.west)['id']
        replication_id = self.named(self.west_key)['id']
        self.assertEqual(
            {
                db_site.HOME_ID: self.home_key,
                self.west: self.west_key,
                self.east: self.east_key,
            },
            self.used(replication_id),
        )
        replication_id = self.named()['id']
        self.assertEqual(newer, self.used(replication_id)[self.west])

    def test_shared_one_is_used_before_an_own_one(self):
        shared = self.add_credential(self.west, 'colleague', shared=True)
        replication_id = self.named(shared['id'])['id']
        self.assertEqual(shared['id'], self.used(replication_id)[self.west])

    def test_source_can_have_one_named(self):
        mine = self.add_credential(db_site.HOME_ID)['id']
        replication_id = self.named(self.home_key)['id']
        self.assertEqual(
            self.home_key, self.used(replication_id)[db_site.HOME_ID]
        )
        replication_id = self.named(mine, self.east_key)['id']
        self.assertEqual(mine, self.used(replication_id)[db_site.HOME_ID])

    def refused_for(self, code, *ids, **options):
        return self.refused(
            400,
            f'replication.{code}',
            'POST',
            '/v1/replications',
            {**self.body, 'credential_ids': list(ids)},
            **options,
        )

    def test_private_one_of_another_user_is_as_one_that_is_not_there(self):
        secret = self.add_credential(self.west, 'colleague')['id']
        foreign = self.add_credential(db_site.HOME_ID, 'stranger')['id']
        answers = [
            self.refused_for('unknown_credential', id).replace(id, '')
            for id in (secret, foreign, replications.NOBODY)
        ]
        self.assertEqual(1, len(set(answers)), answers)

    def test_operator_cannot_use_what_is_seen(self):
        site = self.add_site('for-all', 'admin', shared=True)['id']
        theirs = self.add_credential(site)['id']
        self.add_credential(site, 'admin')
        self.add_credential(db_site.HOME_ID, 'admin')
        self.call('GET', f'/v1/credentials/{theirs}', persona='admin')
        self.body['target_site_ids'] = [site]
        self.refused_for('unknown_credential', theirs, persona='admin')

    def test_two_for_one_site_return_400_and_name_one(self):
        newer = self.add_credential(self.west)['id']
        detail = self.refused_for('credential_mismatch', self.west_key, newer)
        self.assertIn(newer, detail)
        self.assertIn('same site', detail)

    def test_one_for_a_site_that_is_not_asked_for_returns_400(self):
        north = self.add_site('north')['id']
        surplus = self.add_credential(north)['id']
        detail = self.refused_for('credential_mismatch', surplus)
        self.assertIn(surplus, detail)

    @ddt.data(None, 'x', ['x'], [None], [replications.NOBODY] * 2)
    def test_bad_list_returns_400(self, ids):
        body = {**self.body, 'credential_ids': ids}
        self.refused(400, 'request.invalid', 'POST', '/v1/replications', body)


class PlanTest(TestCase):
    conductor_runs = True

    def test_plan_is_made_with_the_named_one(self):
        self.add_credential(self.west)
        body = {**self.body, 'credential_ids': [self.west_key]}
        self.call('POST', '/v1/replications?dry_run=true', body)
        _method, request = self.conductor.next_call()
        self.assertEqual(self.west_key, request['targets'][self.west])


class RetryTest(TestCase):
    def setUp(self):
        super().setUp()
        self.newer = self.add_credential(self.west)['id']
        self.replication_id = self.named(self.west_key)['id']
        self.path = f'/v1/replications/{self.replication_id}'
        self.call('PUT', f'{self.path}/cancel', status=202)

    def retried(self, persona='member'):
        self.call('PUT', f'{self.path}/retry', persona=persona, status=202)
        return self.used(self.replication_id)[self.west]

    def test_named_one_is_used_again(self):
        self.assertEqual(self.west_key, self.retried())

    def test_another_is_chosen_when_it_is_gone(self):
        self.call('DELETE', f'/v1/credentials/{self.west_key}', status=204)
        self.assertEqual(self.newer, self.retried())

    def test_another_is_chosen_when_it_is_refused(self):
        db_credential.refuse(self.context, self.west_key, 'Wrong.', True)
        self.assertEqual(self.newer, self.retried())

    def test_refused_one_is_told_when_there_is_no_other(self):
        for credential_id in (self.west_key, self.newer):
            db_credential.refuse(self.context, credential_id, 'Wrong.', True)
        self.refused(409, 'credential.refused', 'PUT', f'{self.path}/retry')

    def test_colleague_uses_an_own_one_instead_of_a_private_one(self):
        own = self.add_credential(self.west, 'colleague')['id']
        self.add_credential(self.east, 'colleague')
        self.add_credential(db_site.HOME_ID, 'colleague')
        self.assertEqual(own, self.retried('colleague'))


class ChosenTest(TestCase):
    def chosen(self, persona='member'):
        replication_id = self.add_replication(self.west, persona=persona)['id']
        return self.used(replication_id)[self.west]

    def test_one_that_worked_comes_before_newer_ones(self):
        self.add_credential(self.west)
        db_credential.set_state(
            self.context, self.west_key, states.CREDENTIAL_OK, None
        )
        self.add_credential(self.west)
        self.assertEqual(self.west_key, self.chosen())

    def test_own_one_that_is_refused_comes_before_a_shared_one(self):
        shared = self.add_credential(self.west, 'colleague', shared=True)
        db_credential.set_state(
            self.context, shared['id'], states.CREDENTIAL_OK, None
        )
        db_credential.refuse(
            self.context, self.west_key, 'The password is wrong.', True
        )
        detail = self.refused(
            409,
            'credential.refused',
            'POST',
            '/v1/replications',
            {**self.body, 'target_site_ids': [self.west]},
        )
        for words in (
            'The password is wrong.',
            self.west_key,
            'register another one',
        ):
            self.assertIn(words, detail)

    def test_private_one_of_another_user_is_never_chosen(self):
        self.add_credential(db_site.HOME_ID, 'colleague')
        body = {**self.body, 'target_site_ids': [self.west]}
        self.refused(
            400,
            'replication.no_credential',
            'POST',
            '/v1/replications',
            body,
            persona='colleague',
        )
        self.call(
            'GET',
            f'/v1/credentials/{self.west_key}',
            persona='manager',
            status=404,
        )
