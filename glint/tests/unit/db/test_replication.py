# SPDX-License-Identifier: Apache-2.0

"""Tests of replications."""

from concurrent import futures
import threading
from typing import Any
from unittest import mock

import ddt

from glint import context as glint_context
from glint import exception
from glint import states
from glint.db import credential as db_credential
from glint.db import image_copy as db_image_copy
from glint.db import listing
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db import summary
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.db.queue import state
from glint.tests.unit.db import base


@ddt.ddt
class CreateTestCase(base.TestCase):
    def test_replication_and_its_copies_are_queued(self) -> None:
        request = self.request(targets=2)
        options = {'visibility': 'private', 'properties': {'set': {'ä': '☃'}}}
        made, new = db_replication.create(
            self.context,
            **request | {'options': options, 'client_token': 't'},
        )
        self.assertTrue(new)
        found = self.replication(made.id)
        self.assertEqual(
            (states.QUEUED, options, 't'),
            (found.state, found.options, found.client_token),
        )
        copies = self.copies(made.id)
        self.assertEqual(
            request['targets'],
            {copy.target_site_id: copy.credential_id for copy in copies},
        )
        for copy in copies:
            self.assertEqual(
                (states.QUEUED, 0, 0, None, None),
                (
                    copy.state,
                    copy.attempts,
                    copy.bytes_sent,
                    copy.error,
                    copy.finished_at,
                ),
            )

    def test_same_token_gives_the_first_replication(self) -> None:
        first = self.replicate(client_token='t')
        again, new = db_replication.create(
            self.context, **self.request(), client_token='t'
        )
        self.assertEqual((first.id, False), (again.id, new))
        self.assertEqual(1, len(self.rows()['copies']))

    def test_same_token_in_another_project_is_another_one(self) -> None:
        first = self.replicate(client_token='t')
        other = self.replicate(client_token='t', project_id='q')
        self.assertNotEqual(first.id, other.id)
        for project_id, expected in (('p', first.id), ('q', other.id)):
            found = db_replication.get_by_token(self.context, project_id, 't')
            self.assertEqual(expected, found.id)

    def test_token_that_differs_in_case_is_another_one(self) -> None:
        first = self.replicate(client_token='token')
        for token in ('Token', 'tokén'):
            other = self.replicate(client_token=token)
            self.assertNotEqual(first.id, other.id)

    def test_no_token_is_never_the_same(self) -> None:
        self.assertNotEqual(self.replicate().id, self.replicate().id)
        self.assertIsNone(
            db_replication.get_by_token(self.context, 'p', 'unknown')
        )

    def test_same_token_at_once_makes_one_replication(self) -> None:
        request = self.request(targets=2)
        made = self.together(
            *[
                lambda: db_replication.create(
                    self.context, **request, client_token='t'
                )
            ]
            * 6
        )
        self.assertEqual(1, len({replication.id for replication, _ in made}))
        self.assertEqual([True], [new for _made, new in made if new])
        self.assertEqual(2, len(self.rows()['copies']))

    def test_token_of_a_replication_that_goes_meanwhile_is_free(self) -> None:
        first = self.replicate(client_token='t')
        db_image_copy.cancel(self.context, first.id)
        look = db_replication.get_by_token

        def delete_and_look(*arguments: str) -> db_replication.Replication:
            db_replication.delete(self.context, first.id)
            return look(*arguments)

        with mock.patch.object(
            db_replication, 'get_by_token', autospec=True
        ) as patched:
            patched.side_effect = delete_and_look
            second = self.replicate(client_token='t')
        self.assertNotEqual(first.id, second.id)

    def test_unknown_site_is_refused_and_nothing_made(self) -> None:
        request = self.request()
        for bad in (
            {'targets': {'gone': request['source_credential_id']}},
            {'source_site_id': 'gone'},
        ):
            self.assertRaises(
                exception.UnknownSite,
                db_replication.create,
                self.context,
                **request | bad,
            )
        self.assertEqual([], self.rows()['replications'])

    def test_unknown_credential_is_refused_and_nothing_made(self) -> None:
        request = self.request()
        for bad in (
            {'targets': {next(iter(request['targets'])): 'gone'}},
            {'source_credential_id': 'gone'},
        ):
            self.assertRaises(
                exception.CredentialNotFound,
                db_replication.create,
                self.context,
                **request | bad,
            )
        self.assertEqual([], self.rows()['replications'])

    def test_deletion_of_a_site_at_once_leaves_no_orphan(self) -> None:
        for _round in range(5):
            request = self.request()
            made, deleted = self.together(
                lambda of=request: db_replication.create(self.context, **of),
                lambda of=request: self.delete_site(of['source_site_id']),
            )
            if made is exception.UnknownSite:
                self.assertIsNone(deleted)
            else:
                self.assertTrue(made[1])
                self.assertIs(exception.SiteInUse, deleted)

    @ddt.data('auth_url', 'interface', 'region_name')
    def test_site_does_not_move_under_a_replication_at_once(
        self, column: str
    ) -> None:
        """It is asked to move when the replication has locked its sites."""
        request = self.request()
        [target_id] = request['targets']
        lock = db_replication.lock_credentials
        with futures.ThreadPoolExecutor() as pool:
            moves = []

            def lock_and_move(*arguments: Any) -> None:
                moves.extend(
                    pool.submit(
                        db_site.update,
                        glint_context.for_service(),
                        site_id,
                        **{column: 'elsewhere'},
                    )
                    for site_id in (target_id, request['source_site_id'])
                )
                lock(*arguments)

            with mock.patch.object(
                db_replication,
                'lock_credentials',
                autospec=True,
                side_effect=lock_and_move,
            ):
                made, _new = db_replication.create(self.context, **request)
            for move in moves:
                self.assertRaises(exception.SiteInUse, move.result, 60)
        self.assertEqual(states.QUEUED, self.copy(made.id).state)

    def test_deletion_of_a_credential_at_once_leaves_no_orphan(self) -> None:
        for _round in range(5):
            request = self.request()
            [credential_id] = request['targets'].values()
            made, deleted = self.together(
                lambda of=request: db_replication.create(self.context, **of),
                lambda of=credential_id: db_credential.delete(
                    self.context, of
                ),
            )
            if made is exception.CredentialNotFound:
                self.assertIsNone(deleted)
            else:
                self.assertTrue(made[1])
                self.assertIs(exception.CredentialInUse, deleted)


class ViewTestCase(base.TestCase):
    def test_replication_is_seen_by_its_project_and_by_admins(self) -> None:
        made = self.replicate()
        for project_id in ('p', None):
            found = db_replication.get(self.context, made.id, project_id)
            self.assertEqual(made.id, found.id)
        self.assertRaises(
            exception.ReplicationNotFound,
            db_replication.get,
            self.context,
            made.id,
            'q',
        )

    def test_what_the_source_says_is_kept(self) -> None:
        made = self.replicate()
        db_replication.set_image(self.context, made.id, 'Debian ☃', 2**43)
        found = self.replication(made.id)
        self.assertEqual(('Debian ☃', 2**43), (found.image_name, found.size))

    def test_names_of_sites_outlive_the_sites(self) -> None:
        made = self.replicate(targets=2)
        named = {
            site.id: site.name
            for site in db_site.index(self.context, None, listing.Page())
        }
        db_image_copy.cancel(self.context, made.id)
        for site_id in named:
            db_site.delete(self.context, site_id, cascade=True)
        kept = self.replication(made.id)
        self.assertEqual(named.pop(made.source_site_id), kept.source_site_name)
        self.assertEqual(
            named,
            {
                copy.target_site_id: copy.target_site_name
                for copy in self.copies(made.id)
            },
        )
        targets = summary.read(self.context, [made.id])[made.id].targets
        self.assertEqual(named, targets)
        self.assertEqual(sorted(named.values()), list(targets.values()))

    def test_list_by_target_has_those_that_are_to_the_site(self) -> None:
        made = self.replicate(targets=3)
        other = self.replicate()
        for found in (made, other):
            for copy in self.copies(found.id):
                page = listing.Page(
                    filters={'target_site_id': copy.target_site_id}
                )
                [row] = db_replication.index(self.context, 'p', page)
                self.assertEqual(found.id, row.id)
                self.assertEqual(
                    [], db_replication.index(self.context, 'q', page)
                )
        page = listing.Page(filters={'target_site_id': made.source_site_id})
        self.assertEqual([], db_replication.index(self.context, 'p', page))

    def test_summary_adds_up_the_copies(self) -> None:
        made = self.replicate(targets=3)
        first, second = self.claim(made.id, limit=2)
        lease.complete(
            self.context,
            first,
            outcome=states.COPIED,
            bytes_sent=2**40,
            bytes_total=2**40,
        )
        renewal.renew(
            self.context, second, bytes_sent=2**39, bytes_total=2**40
        )
        other = self.replicate()
        found = summary.read(self.context, [made.id, other.id])
        self.assertEqual(
            summary.Summary(
                counts={
                    states.COMPLETED: 1,
                    states.COPYING: 1,
                    states.QUEUED: 1,
                },
                bytes_sent=2**40 + 2**39,
                bytes_total=2**41,
                targets=self._targets(made.id),
            ),
            found[made.id],
        )
        self.assertEqual(
            summary.Summary(
                counts={states.QUEUED: 1}, targets=self._targets(other.id)
            ),
            found[other.id],
        )

    def _targets(self, replication_id: str) -> dict[str, str]:
        return {
            copy.target_site_id: copy.target_site_name
            for copy in self.copies(replication_id)
        }

    def test_summary_of_nothing_is_empty(self) -> None:
        self.assertEqual({}, summary.read(self.context, []))


@ddt.ddt
class DeleteTestCase(base.TestCase):
    @ddt.data(*states.FINAL)
    def test_finished_replication_goes_with_its_copies(
        self, state: str
    ) -> None:
        kept = self.make(state)
        copy = self.make(state)
        db_replication.delete(self.context, copy.replication_id)
        self.assertEqual([], self.copies(copy.replication_id))
        self.assertRaises(
            exception.ReplicationNotFound,
            self.replication,
            copy.replication_id,
        )
        self.assertEqual(state, self.copy(kept.replication_id).state)

    @ddt.data(*states.ACTIVE)
    def test_unfinished_replication_stays(self, state: str) -> None:
        copy = self.make(state)
        error = self.assertRaises(
            exception.ReplicationNotFinal,
            db_replication.delete,
            self.context,
            copy.replication_id,
        )
        self.assertIn(state, str(error))
        self.assertEqual(state, self.copy(copy.replication_id).state)

    def test_replication_that_is_gone_is_not_found(self) -> None:
        self.assertRaises(
            exception.ReplicationNotFound,
            db_replication.delete,
            self.context,
            'gone',
        )

    def test_deletion_and_retry_at_once_agree(self) -> None:
        for _round in range(5):
            copy = self.make(states.ERROR)
            replication = self.replication(copy.replication_id)
            deleted, _retried = self.together(
                lambda of=replication: db_replication.delete(
                    self.context, of.id
                ),
                lambda of=replication, at=copy: db_image_copy.retry(
                    self.context,
                    of.id,
                    of.source_credential_id,
                    {at.id: at.credential_id},
                ),
            )
            left = [row.state for row in self.copies(replication.id)]
            expected = [states.QUEUED] if deleted else []
            self.assertEqual(expected, left)


class SettleTestCase(base.TestCase):
    def test_copies_that_end_at_once_end_the_replication(self) -> None:
        for _round in range(5):
            replication_id = self.replicate(targets=4).id
            done = self.together(
                *(
                    lambda of=copy: lease.complete(
                        self.context, of, outcome=states.COPIED
                    )
                    for copy in self.claim(replication_id)
                )
            )
            self.assertEqual([True] * 4, done)
            replication = self.replication(replication_id)
            self.assertEqual(states.COMPLETED, replication.state)
            self.assertIsNotNone(replication.finished_at)

    def test_no_copy_settles_before_another_has_committed(self) -> None:
        """Both would see the other's copy as it was before."""
        replication_id = self.replicate(targets=2).id
        both = threading.Barrier(2)
        settle = state.settle

        def settle_when_both_wrote(*arguments: object) -> None:
            try:
                both.wait(timeout=0.5)
            except threading.BrokenBarrierError:
                # The other one waits for the lock, as it should.
                pass
            settle(*arguments)

        with mock.patch.object(state, 'settle', autospec=True) as patched:
            copies = self.claim(replication_id)
            patched.side_effect = settle_when_both_wrote
            self.together(
                *(
                    lambda of=copy: lease.fail(self.context, of, base.ERROR)
                    for copy in copies
                )
            )
        self.assertEqual(states.ERROR, self.replication(replication_id).state)

    def test_state_that_stays_keeps_its_times(self) -> None:
        copy = self.make(states.COMPLETED)
        same = self.rows()
        db_image_copy.cancel(self.context, copy.replication_id)
        self.assertEqual(same, self.rows())
