# SPDX-License-Identifier: Apache-2.0

"""Tests of the limits of projects."""

from typing import Any
import uuid

from glint import exception
from glint import states
from glint.db import credential as db_credential
from glint.db import image_copy as db_image_copy
from glint.db import quota
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db.queue import lease
from glint.tests.unit.db import base


def limit(resource: str, most: int, project_id: str = 'p') -> quota.Limit:
    return quota.Limit(project_id, resource, most)


class QuotaTestCase(base.TestCase):
    def refusal(self, function: Any, **values: Any) -> dict[str, Any]:
        """:returns: the numbers of the error."""
        error = self.assertRaises(exception.OverQuota, function, **values)
        return error.kwargs

    def test_sites_end_at_the_limit(self) -> None:
        most = limit(quota.SITES, 2)
        self.add_site(limit=most)
        self.add_site(limit=most)
        self.assertEqual(
            {'resource': 'sites', 'limit': 2, 'used': 2, 'requested': 1},
            self.refusal(self.add_site, limit=most),
        )
        self.add_site(limit=limit(quota.SITES, 3))

    def test_shared_sites_and_those_of_others_do_not_count(self) -> None:
        self.add_site(shared=True)
        self.add_site(project_id='q')
        self.add_site(limit=limit(quota.SITES, 1))

    def test_negative_limit_and_none_are_any_number(self) -> None:
        for most in (None, limit(quota.SITES, -1)):
            self.add_site(limit=most)
            self.add_site(limit=most)

    def test_zero_is_none_at_all(self) -> None:
        self.refusal(self.add_site, limit=limit(quota.SITES, 0))

    def test_deleted_site_makes_room(self) -> None:
        most = limit(quota.SITES, 1)
        db_site.delete(self.context, self.add_site(limit=most).id)
        self.add_site(limit=most)

    def test_credentials_of_all_users_end_at_the_limit(self) -> None:
        most = limit(quota.CREDENTIALS, 2)
        site_id = self.add_site().id
        self.add_credential(site_id, user_id='u', limit=most)
        self.add_credential(site_id, user_id='v', limit=most)
        used = self.refusal(
            self.add_credential, site_id=site_id, user_id='w', limit=most
        )['used']
        self.assertEqual(2, used)

    def test_trusts_are_not_counted(self) -> None:
        site_id = self.add_site().id
        self.add_credential(site_id, auth_type='trust')
        self.add_credential(site_id, limit=limit(quota.CREDENTIALS, 1))

    def test_only_active_replications_are_counted(self) -> None:
        most = limit(quota.ACTIVE_REPLICATIONS, 1)
        for state in states.FINAL:
            self.make(state)
        copy = self.claim(self.replicate(limit=most).id)[0]
        self.refusal(self.replicate, limit=most)
        lease.complete(self.context, copy, outcome=states.COPIED)
        self.replicate(limit=most)

    def test_retry_needs_room_as_a_new_replication_does(self) -> None:
        copy = self.make(states.ERROR)
        source = self.replication(copy.replication_id).source_credential_id
        credentials = {copy.id: copy.credential_id}

        def retry(most: int) -> None:
            db_image_copy.retry(
                self.context,
                copy.replication_id,
                source,
                credentials,
                limit(quota.ACTIVE_REPLICATIONS, most),
            )

        self.replicate()
        self.assertEqual(1, self.refusal(lambda: retry(1))['used'])
        self.assertEqual(states.ERROR, self.copy(copy.replication_id).state)
        retry(2)
        self.assertEqual(states.QUEUED, self.copy(copy.replication_id).state)

    def test_retry_of_one_that_is_active_needs_no_room(self) -> None:
        replication = self.replicate(targets=2)
        failed, _other = self.claim(replication.id)
        lease.fail(self.context, failed, base.ERROR)
        db_image_copy.retry(
            self.context,
            replication.id,
            replication.source_credential_id,
            {failed.id: failed.credential_id},
            limit(quota.ACTIVE_REPLICATIONS, 1),
        )

    def test_request_sent_again_at_the_limit_is_answered(self) -> None:
        most = limit(quota.ACTIVE_REPLICATIONS, 1)
        request = self.request() | {'client_token': 't', 'limit': most}
        first, _new = db_replication.create(self.context, **request)
        again, new = db_replication.create(self.context, **request)
        self.assertEqual((first.id, False), (again.id, new))

    def test_requests_at_the_same_moment_keep_to_the_limit(self) -> None:
        most = limit(quota.SITES, 3)
        made = self.together(*[lambda: self.add_site(limit=most)] * 8)
        self.assertEqual(5, made.count(exception.OverQuota))

    def test_all_kinds_at_the_same_moment_keep_to_their_limits(self) -> None:
        site_id = self.add_site().id
        requests = [self.request() for _number in range(6)]

        def credential() -> Any:
            return self.add_credential(
                site_id,
                user_id=uuid.uuid4().hex,
                limit=limit(quota.CREDENTIALS, 14),
            )

        def replication(request: dict[str, Any]) -> Any:
            most = limit(quota.ACTIVE_REPLICATIONS, 2)
            return db_replication.create(self.context, limit=most, **request)

        made = self.together(
            *[credential] * 6,
            *(lambda given=given: replication(given) for given in requests),
        )
        # Each of the requests has brought two credentials.
        self.assertEqual(4, made[:6].count(exception.OverQuota))
        self.assertEqual(4, made[6:].count(exception.OverQuota))

    def test_failed_insert_takes_no_room(self) -> None:
        most = limit(quota.CREDENTIALS, 2)
        site_id = self.add_site().id
        self.add_credential(site_id, name='n', limit=most)
        self.assertRaises(
            exception.CredentialExists,
            self.add_credential,
            site_id,
            name='n',
            limit=most,
        )
        db_credential.delete(
            self.context, self.add_credential(site_id, limit=most).id
        )
