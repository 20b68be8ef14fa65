# SPDX-License-Identifier: Apache-2.0

"""Tests of what a pass takes away, and of each guard by itself."""

from datetime import timedelta

import ddt

from glint import states
from glint.rule import comparison
from glint.rule import terms
from glint.tests import base
from glint.tests.unit.rule import world

image, made, gone = world.image, world.made, world.gone
replica, Case = world.replica, world.Case

#: An image that stays, so that the rule selects something.
STAYS = image('0')
STAYS_THERE = made('0')
STAYS_KNOWN = replica('0')
#: Another site that has the image, so that it is not the last one.
ELSEWHERE = {'b': [made(id='b1')]}
HIDDEN = made(os_hidden=True)


def _case(*expected: object, **changes: object) -> world.Case:
    """Make a case in which all guards let the image ``s1`` be deleted."""
    values = {
        'source': [STAYS],
        'target': [STAYS_THERE, HIDDEN],
        'known': [STAYS_KNOWN, gone()],
        'rule': {},
        'facts': {},
        **changes,
    }
    rule = {'on_removed': world.removal(), **values['rule']}  # type: ignore
    return Case(expected, **{**values, 'rule': rule})  # type: ignore


def _two(**fields: object) -> list[object]:
    return [STAYS_KNOWN, gone(**fields)]  # type: ignore[arg-type]


KEPT = ('keep s0', 'keep s1')

#: Where all guards hold but one, which is enough.
GUARDS = {
    'none': _case('delete s1', 'keep s0'),
    'action': _case(*KEPT, rule={'on_removed': world.removal(terms.KEEP)}),
    'half_a_list': _case(*KEPT, source=('half', STAYS)),
    'other_project': _case(*KEPT, facts={'same_project': False}),
    'nothing_selected': _case(
        'keep s0', 'keep s1', rule={'select': {'names': ['x']}}
    ),
    'not_asked': _case(*KEPT, facts={'answers': {}}),
    'forbidden': _case(*KEPT, facts={'answers': {'s1': 403}}),
    'away': _case(*KEPT, facts={'answers': {'s1': 503}}),
    'still_there': _case(*KEPT, facts={'answers': {'s1': 200}}),
    'missed_once': _case(*KEPT, known=_two(gone_count=1)),
    'within_grace': _case(
        *KEPT, known=_two(gone_at=world.NOW - timedelta(days=6))
    ),
    'adopted': _case(*KEPT, known=_two(adopted=True)),
    'mark_edited': _case(
        *KEPT, target=[STAYS_THERE, {**HIDDEN, 'glint_source_id': 'x'}]
    ),
    'data_replaced': _case(
        *KEPT, target=[STAYS_THERE, {**HIDDEN, 'os_hash_value': 'ff' * 16}]
    ),
    'of_another_rule': _case(*KEPT, facts={'others': [('a', 't1')]}),
    'protected_by_the_site': _case(
        *KEPT, target=[STAYS_THERE, {**HIDDEN, 'protected': True}]
    ),
    'last_copy': _case(*KEPT, facts={'elsewhere': {}}),
    'target_is_silent': _case('wait s0', 'wait s1', target=None),
    'removed_already': _case('skip s1', 'keep s0', target=[STAYS_THERE]),
}

ACTIONS = {
    'delete_hides_first': _case(
        'hide s1',
        'keep s0',
        target=[STAYS_THERE, made()],
        known=[STAYS_KNOWN, replica()],
    ),
    'hide': _case(
        'hide s1',
        'keep s0',
        target=[STAYS_THERE, made()],
        known=[STAYS_KNOWN, replica()],
        rule={'on_removed': world.removal(terms.HIDE)},
    ),
    'hidden': _case(*KEPT, rule={'on_removed': world.removal(terms.HIDE)}),
    'deactivate': _case(
        'deactivate s1',
        'keep s0',
        target=[STAYS_THERE, made()],
        rule={'on_removed': world.removal(terms.DEACTIVATE)},
    ),
    'deactivated': _case(
        *KEPT,
        target=[STAYS_THERE, made(status='deactivated')],
        rule={'on_removed': world.removal(terms.DEACTIVATE)},
    ),
    'protected_by_glint': _case(
        'delete s1',
        'keep s0',
        target=[STAYS_THERE, {**HIDDEN, 'protected': True}],
        known=_two(written={**gone().written, 'protected': True}),
    ),
    'unmarked': _case(
        'delete s1',
        'keep s0',
        target=[STAYS_THERE, {**HIDDEN, 'glint_source_id': None}],
        known=_two(refused=frozenset(['glint_source_id'])),
    ),
    'deselected': _case(
        *KEPT,
        source=[STAYS, image(name='x')],
        rule={'select': {'names': ['image*']}},
    ),
    'deselected_is_the_same': _case(
        'delete s1',
        'keep s0',
        source=[STAYS, image(name='x')],
        rule={
            'select': {'names': ['image*']},
            'on_removed': world.removal(deselected=terms.SAME),
        },
        facts={'answers': {}},
    ),
    'successor_is_not_there': _case(
        'copy s2',
        'wait s1',
        'keep s0',
        source=[STAYS, image('2', name='image-1')],
    ),
    'successor_is_there': _case(
        'delete s1',
        'keep s0',
        'keep s2',
        source=[STAYS, image('2', name='image-1')],
        target=[STAYS_THERE, HIDDEN, made('2', name='image-1')],
        known=[
            *_two(),
            replica('2', written={**replica('2').written, 'name': 'image-1'}),
        ],
    ),
    'successor_takes_the_name': _case(
        ('amend s1', {'name': ('image-1', 'image-1 (1)')}),
        'keep s0',
        'keep s2',
        source=[STAYS, image('2', name='image-1')],
        target=[STAYS_THERE, made(), made('2', name='image-1')],
        known=[
            STAYS_KNOWN,
            replica(),
            replica('2', written={**replica('2').written, 'name': 'image-1'}),
        ],
        rule={'on_removed': world.removal(terms.KEEP)},
    ),
}


@ddt.ddt
class WithdrawalTest(base.TestCase):
    @ddt.named_data(*GUARDS.items())
    def test_guard(self, case: world.Case) -> None:
        self.check(case)

    @ddt.named_data(*ACTIONS.items())
    def test_action(self, case: world.Case) -> None:
        self.check(case)

    def check(self, case: world.Case) -> None:
        """Make the pass of a case, and compare what it makes."""
        self.assertEqual(
            list(case.expected), world.told(world.plan(case, ELSEWHERE))
        )

    def test_why_an_image_stays_is_told(self) -> None:
        for name, case in GUARDS.items():
            for item in world.plan(case, ELSEWHERE).items:
                if item.action == 'keep' and item.source_image_id == 's1':
                    self.assertTrue(item.reason, name)

    def test_one_of_the_last_two_stays(self) -> None:
        plan = comparison.compare(
            world.rule(target_site_ids=['a', 'b'], on_removed=world.removal()),
            world.listing(STAYS),
            {
                'a': world.listing(STAYS_THERE, HIDDEN),
                'b': world.listing(STAYS_THERE, HIDDEN),
            },
            [
                STAYS_KNOWN,
                replica('0', site_id='b'),
                gone(),
                gone(site_id='b'),
            ],
            world.facts(),
        )
        self.assertEqual(
            [('a', 'delete'), ('b', 'keep')],
            [
                (item.site_id, item.action)
                for item in plan.items
                if item.source_image_id == 's1'
            ],
        )

    def _many(self, count: int, **facts: object) -> comparison.Plan:
        """Make a pass of 40 replicas, of which some lost their source."""
        keys = [str(number) for number in range(100, 140)]
        return comparison.compare(
            world.rule(on_removed=world.removal(max_count=10, max_percent=20)),
            world.listing(*(image(key) for key in keys[count:])),
            {'a': world.listing(*(made(key) for key in keys))},
            [replica(key) for key in keys],
            world.facts(**facts),
        )

    @ddt.data(1, 8)
    def test_few_go_without_approval(self, count: int) -> None:
        plan = self._many(count)
        self.assertEqual([], plan.unapproved)
        self.assertEqual(count, self._count(plan, terms.HIDE))

    @ddt.data(9, 11, 30)
    def test_many_wait_for_approval(self, count: int) -> None:
        plan = self._many(count)
        self.assertEqual(count, len(plan.unapproved))
        self.assertEqual(0, self._count(plan, terms.HIDE))
        self.assertEqual(count, self._count(plan, terms.WAIT))

    def test_approved_ones_go(self) -> None:
        approved = [(f's{number}', 'a') for number in range(100, 130)]
        plan = self._many(30, approved=approved)
        self.assertEqual(30, self._count(plan, terms.HIDE))

    def test_approved_one_that_came_back_stays(self) -> None:
        approved = [(f's{number}', 'a') for number in range(100, 130)]
        plan = self._many(29, approved=approved)
        self.assertEqual(29, self._count(plan, terms.HIDE))

    def test_more_than_was_approved_waits(self) -> None:
        approved = [(f's{number}', 'a') for number in range(100, 120)]
        plan = self._many(30, approved=approved)
        self.assertEqual(20, self._count(plan, terms.HIDE))
        self.assertEqual(10, len(plan.unapproved))

    def test_back_at_the_source_is_shown_again(self) -> None:
        case = _case('show s1', 'keep s0', source=[STAYS, image()])
        self.check(case)

    def test_replica_that_failed_is_let_go(self) -> None:
        failed = replica(state=states.FAILED, image_id=None)
        case = _case('skip s1', 'keep s0', known=[STAYS_KNOWN, failed])
        self.check(case)

    def _count(self, plan: comparison.Plan, action: str) -> int:
        return sum(item.action == action for item in plan.items)
