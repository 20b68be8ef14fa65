# SPDX-License-Identifier: Apache-2.0

"""Tests of what is found to be stuck, and why."""

from datetime import timedelta

from oslo_utils import timeutils

from glint import states
from glint.db import image_copy as db_image_copy
from glint.db import models
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db.queue import health
from glint.db.queue import lease
from glint.db.queue import stuck
from glint.tests.unit.db import base


class StuckTestCase(base.TestCase):
    def reasons(self, age: float = 60) -> dict[str, str]:
        """:returns: from the ids of the copies to why they are stuck."""
        found = stuck.index(self.context, lease=30, age=age)
        self.assertEqual(
            len(found), len({item.copy_id for item in found}), found
        )
        return {item.copy_id: item.reason for item in found}

    def age_row(self, model: type[models.Base], row_id: str) -> None:
        past = timeutils.utcnow() - timedelta(seconds=100)
        self.set_columns(model, row_id, created_at=past, updated_at=past)

    def test_what_gets_on_is_not_stuck(self) -> None:
        for state in states.ALL:
            self.make(state)
        self.assertEqual({}, self.reasons())

    def test_copy_of_a_silent_conductor_is_told_with_its_name(self) -> None:
        [copy] = self.claim(self.replicate().id, 'c7')
        self.silence(copy, 40)
        [found] = stuck.index(self.context, lease=30, age=60)
        replication = self.replication(copy.replication_id)
        self.assertEqual(
            (stuck.SILENT, copy.id, replication.id, 'p', 'c7'),
            (
                found.reason,
                found.copy_id,
                found.replication_id,
                found.project_id,
                found.conductor,
            ),
        )
        names = [
            db_site.get(self.context, site_id, None).name
            for site_id in (replication.source_site_id, copy.target_site_id)
        ]
        self.assertEqual(
            [replication.image_id, *names],
            [found.image, found.source, found.target],
        )
        self.assertEqual(replication.source_site_id, found.source_site_id)
        self.assertEqual(copy.target_site_id, found.target_site_id)
        self.assertIn(found.seconds, range(39, 60))

    def test_name_of_the_image_is_told_where_it_is_known(self) -> None:
        [copy] = self.claim(self.replicate().id)
        db_replication.set_image(
            self.context, copy.replication_id, name='debian', size=1
        )
        self.silence(copy, 40)
        [found] = stuck.index(self.context, lease=30, age=60)
        self.assertEqual('debian', found.image)

    def test_copy_of_a_deleted_site_is_told_by_the_id(self) -> None:
        copy = self.make(states.ERROR)
        self.set_columns(models.ImageCopy, copy.id, target_image_id='left')
        self.delete_site(copy.target_site_id)
        [found] = stuck.index(self.context, lease=30, age=60)
        self.assertEqual(
            (stuck.LEFTOVER, copy.target_site_id),
            (found.reason, found.target),
        )

    def test_cancelled_copy_that_does_not_stop_is_told(self) -> None:
        copy = self.make(states.CANCELLING)
        self.assertEqual({}, self.reasons())
        self.age_row(models.Replication, copy.replication_id)
        self.assertEqual({copy.id: stuck.CANCELLING}, self.reasons())

    def test_parked_copy_is_told(self) -> None:
        replication = self.replicate()
        copy = self.copy(replication.id)
        self.refuse(copy.credential_id)
        other = self.replicate()
        self.refuse(other.source_credential_id)
        self.assertEqual(
            {
                copy.id: stuck.PARKED,
                self.copy(other.id).id: stuck.PARKED,
            },
            self.reasons(),
        )
        self.set_columns(
            models.Credential,
            copy.credential_id,
            refused_at=timeutils.utcnow() - timedelta(seconds=100),
        )
        [first, _second] = stuck.index(self.context, 30, 60)
        self.assertEqual(copy.id, first.copy_id)
        self.assertIn(first.seconds, range(99, 120))

    def test_copies_that_a_site_holds_up_are_told(self) -> None:
        self.config(group='conductor', breaker_failures=1)
        to_it, from_it = self.replicate(), self.replicate()
        copy = self.copy(to_it.id)
        health.failed(self.context, copy.target_site_id, 'Gone.')
        health.failed(self.context, from_it.source_site_id, 'Gone.')
        self.assertEqual(
            {
                copy.id: stuck.SITE,
                self.copy(from_it.id).id: stuck.SITE,
            },
            self.reasons(),
        )

    def test_copy_that_no_conductor_claims_is_told_after_a_while(self) -> None:
        copy = self.copy(self.replicate().id)
        self.assertEqual({}, self.reasons())
        self.age_row(models.ImageCopy, copy.id)
        self.assertEqual({copy.id: stuck.WAITING}, self.reasons())

    def test_copy_that_waits_for_its_next_attempt_is_not_stuck(self) -> None:
        [copy] = self.claim(self.replicate().id)
        lease.postpone(self.context, copy, base.ERROR, delay=600)
        self.age_row(models.ImageCopy, copy.id)
        self.assertEqual({}, self.reasons())

    def test_leftover_is_told(self) -> None:
        [copy] = self.claim(self.replicate().id)
        lease.fail(self.context, copy, base.ERROR, target_image_id='i')
        self.assertEqual({copy.id: stuck.LEFTOVER}, self.reasons())

    def test_reasons_and_limit_narrow_what_is_told(self) -> None:
        copies = [self.claim(self.replicate().id)[0] for _n in range(3)]
        for seconds, copy in enumerate(copies):
            self.silence(copy, 40 + 10 * seconds)
        found = stuck.index(self.context, 30, 60, [stuck.SILENT], limit=2)
        # The longest ones come first.
        self.assertEqual(
            [copies[2].id, copies[1].id], [item.copy_id for item in found]
        )
        self.assertEqual([], stuck.index(self.context, 30, 60, [stuck.PARKED]))


class CountTestCase(base.TestCase):
    def test_empty_database_has_none_of_all(self) -> None:
        self.assertEqual(
            {
                'queued': 0,
                'copying': 0,
                'cancelling': 0,
                'conductor_silent': 0,
                'parked': 0,
                'leftover': 0,
            },
            stuck.count(self.context, 30),
        )

    def test_copies_are_counted_by_what_they_are(self) -> None:
        for state in states.ALL:
            self.make(state)
        [silent] = self.claim(self.replicate().id)
        self.silence(silent, 40)
        parked = self.copy(self.replicate().id)
        self.refuse(parked.credential_id)
        self.refuse(
            self.replication(parked.replication_id).source_credential_id
        )
        [left] = self.claim(self.replicate().id)
        lease.fail(self.context, left, base.ERROR, target_image_id='i')
        self.assertEqual(
            {
                'queued': 2,
                'copying': 2,
                'cancelling': 1,
                'conductor_silent': 1,
                'parked': 1,
                'leftover': 1,
            },
            stuck.count(self.context, 30),
        )
        db_image_copy.cancel(self.context, parked.replication_id)
        self.assertEqual(0, stuck.count(self.context, 30)['parked'])
