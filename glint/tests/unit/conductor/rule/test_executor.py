# SPDX-License-Identifier: Apache-2.0

"""Tests of executions, from the look to the last item."""

from glint import states
from glint.db import credential as db_credential
from glint.db import listing
from glint.db import replication as db_replication
from glint.db.rule import execution as db_execution
from glint.db.rule import item as db_item
from glint.db.rule import rule as db_rule
from glint.order import rule as rules
from glint.tests.unit.conductor.rule import base

FOREVER = {**base.TERMS['on_removed'], 'action': 'delete'}


class ExecutorTest(base.TestCase):
    def test_selected_images_are_copied(self) -> None:
        self.add('ubuntu-1')
        self.add('ubuntu-2')
        self.add('debian')
        rule = self.add_rule()
        made = self.execute(rule)
        self.assertEqual(states.COMPLETED, made.state)
        self.assertEqual([('copy', 'done')] * 2, self.items(made))
        self.assertEqual({'copy': 2}, made.counts)
        self.assertEqual(16, made.bytes)
        self.assertTrue(made.complete)
        self.assertEqual(
            {'ubuntu-1', 'ubuntu-2'}, {i['name'] for i in self.made()}
        )

    def test_second_execution_does_nothing(self) -> None:
        self.add(os_version='24.04')
        rule = self.add_rule()
        self.execute(rule)
        before = self.replica(rule)
        sent = len(self.west.requests)
        made = self.execute(rule)
        self.assertEqual([('keep', 'done')], self.items(made))
        methods = {r.command for r in self.west.requests[sent:]}
        self.assertLessEqual(methods, {'GET', 'POST'})
        self.assertEqual([], self.west.sent('PATCH', '/v2/images/.*')[1:])
        self.assertEqual(before.updated_at, self.replica(rule).updated_at)

    def test_metadata_follow(self) -> None:
        image_id = self.add(os_version='24.04', tags=['a'])
        rule = self.add_rule()
        self.execute(rule)
        self.only()['site_note'] = 'kept'
        self.only()['tags'].append('mine')
        self.home.images[image_id].update(
            name='ubuntu-new', os_version='24.04.1', tags=['b']
        )
        made = self.execute(rule)
        self.assertEqual([('amend', 'done')], self.items(made))
        found = self.only()
        self.assertEqual(
            ('ubuntu-new', '24.04.1', 'kept', ['b', 'mine']),
            (
                found['name'],
                found['os_version'],
                found['site_note'],
                found['tags'],
            ),
        )
        del self.home.images[image_id]['os_version']
        self.execute(rule)
        self.assertNotIn('os_version', self.only())

    def test_drift_is_restored_or_reported(self) -> None:
        self.add()
        rule = self.add_rule()
        self.execute(rule)
        self.only()['name'] = 'mine'
        self.set_rule(rule, terms={**base.TERMS, 'on_drift': 'report'})
        self.execute(rule)
        self.assertEqual(states.DRIFTED, self.replica(rule).state)
        self.assertEqual('mine', self.only()['name'])
        self.set_rule(rule, terms=base.TERMS)
        self.execute(rule)
        self.assertEqual(states.IN_SYNC, self.replica(rule).state)
        self.assertEqual('ubuntu-1', self.only()['name'])

    def test_deactivation_follows_and_is_undone(self) -> None:
        image_id = self.add()
        rule = self.add_rule()
        self.execute(rule)
        self.home.images[image_id]['status'] = 'deactivated'
        self.execute(rule)
        self.assertEqual('deactivated', self.only()['status'])
        self.home.images[image_id]['status'] = 'active'
        self.execute(rule)
        self.assertEqual('active', self.only()['status'])

    def test_image_that_cannot_be_deactivated_is_hidden(self) -> None:
        image_id = self.add()
        rule = self.add_rule()
        self.execute(rule)
        self.home.images[image_id]['status'] = 'deactivated'
        self.west.reply('POST', '/v2/images/[^/]+/actions/.*', 403, {})
        made = self.execute(rule)
        [item] = db_item.items(self.context, made.id, 10)
        self.assertIn('could not be deactivated', item.reason)
        self.assertTrue(self.only()['os_hidden'])
        self.home.images[image_id]['status'] = 'active'
        self.execute(rule)
        self.assertFalse(self.only()['os_hidden'])

    def test_missing_replica_is_made_anew_three_times(self) -> None:
        self.add()
        rule = self.add_rule()
        self.execute(rule)
        for _time in range(3):
            self.west.images.clear()
            made = self.execute(rule)
            self.assertEqual([('copy', 'done')], self.items(made))
        self.west.images.clear()
        made = self.execute(rule)
        self.assertEqual([('skip', 'done')], self.items(made))
        self.assertEqual(states.DECLINED, self.replica(rule).state)
        self.assertEqual([], self.made())

    def test_what_is_there_is_adopted_and_never_changed(self) -> None:
        image_id = self.add()
        self.west.add('0' * 36, b'ubuntu-1', name='theirs')
        rule = self.add_rule()
        made = self.execute(rule)
        self.assertEqual([('adopt', 'done')], self.items(made))
        self.home.images[image_id]['name'] = 'ubuntu-new'
        self.execute(rule)
        self.assertEqual('theirs', self.only()['name'])
        self.assertEqual(states.DRIFTED, self.replica(rule).state)

    def test_gone_image_is_hidden_and_then_removed(self) -> None:
        image_id = self.add()
        self.add('ubuntu-stays')
        rule = self.add_rule(on_removed=FOREVER)
        self.execute(rule)
        # Somebody else has it, so that it is not the last one.
        self.home.add('1' * 36, b'ubuntu-1', name='other')
        del self.home.images[image_id]
        made = self.execute(rule)
        self.assertIn(('hide', 'done'), self.items(made))
        [gone] = [i for i in self.made() if i['name'] == 'ubuntu-1']
        self.assertTrue(gone['os_hidden'])
        made = self.execute(rule)
        self.assertIn(('delete', 'done'), self.items(made))
        self.assertEqual(['ubuntu-stays'], [i['name'] for i in self.made()])

    def test_image_that_is_back_is_shown_again(self) -> None:
        image_id = self.add()
        self.add('ubuntu-stays')
        rule = self.add_rule(on_removed=FOREVER)
        self.execute(rule)
        kept = self.home.images.pop(image_id)
        self.execute(rule)
        self.home.images[image_id] = kept
        made = self.execute(rule)
        self.assertIn(('show', 'done'), self.items(made))
        self.assertEqual([False] * 2, [i['os_hidden'] for i in self.made()])

    def test_rule_with_the_defaults_of_the_api(self) -> None:
        image_id = self.add('ubuntu-1')
        wanted = rules.filled({'select': {'names': ['ubuntu-*']}})
        terms = {key: wanted[key] for key in base.TERMS}
        rule = self.add_rule(**terms)
        self.assertEqual(states.COMPLETED, self.execute(rule).state)
        self.assertEqual(image_id, self.only()['id'])
        self.home.images[image_id]['name'] = 'ubuntu-2'
        made = self.execute(rule)
        self.assertEqual([('amend', 'done')], self.items(made))
        self.assertEqual('ubuntu-2', self.only()['name'])

    def test_many_that_go_wait_for_approval(self) -> None:
        gone = [self.add(f'ubuntu-{number}') for number in range(3)]
        self.add('ubuntu-stays')
        limited = {**FOREVER, 'max_count': 2}
        rule = self.add_rule(on_removed=limited)
        self.execute(rule)
        for image_id in gone:
            del self.home.images[image_id]
        made = self.execute(rule)
        self.assertEqual(states.NEEDS_APPROVAL, made.state)
        self.assertFalse(any(i['os_hidden'] for i in self.made()))
        asked = db_item.unapproved(self.context, made.id)
        self.assertCountEqual(
            [[image_id, self.west_id] for image_id in gone], asked
        )
        self.assertEqual(
            {'hide waits for approval, with 2 others'},
            {
                item.reason
                for item in db_item.items(self.context, made.id, 100)
                if item.action == 'wait'
            },
        )
        db_execution.approve(self.context, made.id, asked)
        self.work()
        self.assertEqual(states.COMPLETED, self.read(made).state)
        self.assertEqual(3, sum(i['os_hidden'] for i in self.made()))

    def test_dry_run_says_what_the_run_then_does(self) -> None:
        self.add('ubuntu-1')
        image_id = self.add('ubuntu-2')
        rule = self.add_rule()
        self.execute(rule)
        self.home.images[image_id]['os_version'] = '1'
        self.add('ubuntu-3')
        before = [dict(image) for image in self.made()]
        rehearsed = db_execution.rehearse(self.context, rule)
        self.work()
        self.assertEqual(before, self.made())
        made = self.execute(rule)
        self.assertEqual(self._planned(rehearsed), self._planned(made))
        self.assertEqual(states.COMPLETED, self.read(rehearsed).state)

    def _planned(self, made: db_execution.Execution) -> list[object]:
        return [
            (i.action, i.source_image_id, i.target_site_id, i.changes)
            for i in db_item.items(self.context, made.id, 100)
        ]

    def test_at_most_so_many_are_copied_at_a_time(self) -> None:
        for number in range(5):
            self.add(f'ubuntu-{number}')
        rule = self.add_rule(max_active=2)
        made = self.begin(rule)
        self.work()
        self.assertEqual(2, self.items(made).count(('copy', 'copying')))
        self.copy_all(rule)
        self.work()
        self.assertEqual(2, self.items(made).count(('copy', 'done')))
        self.assertEqual(2, self.items(made).count(('copy', 'copying')))

    def test_rule_that_is_disabled_before_it_runs_does_nothing(self) -> None:
        self.add()
        rule = self.add_rule()
        made = self.begin(rule)
        self.set_rule(rule, enabled=False)
        self.work()
        self.assertEqual(states.CANCELLED, self.read(made).state)
        self.assertEqual([], self.items(made))
        self.assertEqual([], self.made())

    def test_rule_that_is_deleted_meanwhile_stops_no_other(self) -> None:
        self.add()
        gone = self.add_rule()
        self.begin(gone)
        made = self.begin(self.add_rule())
        due = db_execution.due(self.context, 5, 10)
        db_rule.delete(self.context, gone.id)
        self.patch(db_execution, 'due', lambda *_args: due)
        self.work()
        self.assertEqual([('copy', 'copying')], self.items(made))

    def test_source_that_does_not_list_changes_nothing(self) -> None:
        image_id = self.add()
        rule = self.add_rule(on_removed=FOREVER)
        self.execute(rule)
        del self.home.images[image_id]
        self.home.reply('GET', '/v2/images', 500, {})
        made = self.execute(rule)
        self.assertEqual(states.ERROR, made.state)
        self.assertEqual([], self.items(made))
        self.assertFalse(self.only()['os_hidden'])

    def test_target_that_does_not_answer_waits(self) -> None:
        self.add()
        rule = self.add_rule()
        self.west.reply('GET', '/v2/images', 503, {})
        made = self.execute(rule)
        self.assertEqual([('wait', 'done')], self.items(made))
        self.assertFalse(made.complete)
        self.assertTrue(made.warnings)

    def test_rule_whose_credential_is_gone_is_blocked(self) -> None:
        self.add()
        rule = self.add_rule()
        db_credential.delete(self.context, self.home_credential_id)
        made = self.execute(rule)
        self.assertEqual(states.ERROR, made.state)
        self.assertEqual(made.error, self._blocked(rule))
        self.add_credential(self.home_id, db_credential.new_id())
        self.execute(rule)
        self.assertIsNone(self._blocked(rule))

    def _blocked(self, rule: db_rule.Rule) -> object:
        return db_rule.get(self.context, rule.id, None).blocked

    def test_copy_that_is_skipped_is_no_replica(self) -> None:
        self.add()
        self.west.add('there', b'other bytes', name='ubuntu-1')
        rule = self.add_rule(options={'on_conflict': 'skip'})
        made = self.execute(rule)
        self.assertEqual([('copy', 'error')], self.items(made))
        replica = self.replica(rule)
        self.assertEqual(
            (states.FAILED, 'name_conflict'),
            (replica.state, replica.error['code']),
        )
        self.assertIn('another image named ubuntu-1', replica.error['detail'])

    def test_replication_has_the_name_of_its_image_at_once(self) -> None:
        self.add('ubuntu-1')
        self.begin(self.add_rule())
        page = listing.Page()
        while not (found := db_replication.index(self.context, None, page)):
            self.work()
        self.assertEqual(['ubuntu-1'], [item.image_name for item in found])

    def test_copy_that_fails_is_tried_again_later(self) -> None:
        self.add(disk_format='vhdx')
        self.add('ubuntu-2')
        rule = self.add_rule()
        made = self.execute(rule)
        self.assertEqual(states.PARTIAL, made.state)
        made = self.execute(rule)
        self.assertEqual(
            [('wait', 'done'), ('keep', 'done')], self.items(made)
        )

    def test_conductor_that_died_is_followed_by_another(self) -> None:
        self.add()
        rule = self.add_rule()
        made = self.begin(rule)
        dead = db_execution.claim(self.context, made, 'dead', 5)
        self.assertIsNotNone(dead)
        self.work()
        self.assertEqual([], self.items(made))
        self.silence(made)
        self.work()
        self.assertEqual([('copy', 'copying')], self.items(made))
