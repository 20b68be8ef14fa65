# SPDX-License-Identifier: Apache-2.0

"""Tests of a pass: a table of what there is, and what is to be done."""

from datetime import timedelta
from typing import Any

import ddt

from glint import states
from glint.rule import comparison
from glint.rule import replica as replicas
from glint.rule import terms
from glint.tests import base
from glint.tests.unit.rule import world

image, made, foreign = world.image, world.made, world.foreign
replica, Case = world.replica, world.Case

OFF = frozenset([replicas.DEACTIVATED])
HIDDEN = frozenset([replicas.HIDDEN])
SAME = image()['os_hash_value']
LATER = world.NOW + timedelta(hours=1)
EARLIER = world.NOW - timedelta(hours=1)
REPORT = {'on_drift': terms.REPORT}
FAIL = {'options': {'on_conflict': 'fail'}}

#: What is to come to a target, and what is there already.
BRING = {
    'new': Case(('copy s1',), [image()]),
    'nothing': Case(()),
    'not_selected': Case((), [image()], rule={'select': {'names': ['x']}}),
    'same_bytes': Case(
        ('adopt s1',), [image()], [foreign(os_hash_value=SAME)]
    ),
    'same_bytes_other_format': Case(
        ('copy s1',),
        [image()],
        [foreign(os_hash_value=SAME, disk_format='iso')],
    ),
    'same_bytes_without_a_property': Case(
        ('copy s1',),
        [image(hw_disk_bus='sata')],
        [foreign(os_hash_value=SAME)],
    ),
    'same_bytes_deactivated': Case(
        ('copy s1',),
        [image()],
        [foreign(os_hash_value=SAME, status='deactivated')],
    ),
    'namesake': Case(('copy s1',), [image()], [foreign()]),
    'namesake_is_a_conflict': Case(
        ('conflict s1',), [image()], [foreign()], rule=FAIL
    ),
    'own_namesake_is_none': Case(
        ('copy s2', 'keep s1'),
        [image(), image('2', name='image-1')],
        [made()],
        [replica()],
        rule=FAIL,
    ),
    'queued': Case(('wait s1',), [image(status='queued')]),
    'saving': Case(('wait s1',), [image(status='saving')]),
    'importing': Case(('wait s1',), [image(status='importing')]),
    'deactivated_before': Case(('skip s1',), [image(status='deactivated')]),
    'target_is_silent': Case(('wait s1',), [image()], None),
    'being_copied': Case(
        ('wait s1',),
        [image()],
        known=[replica(state=states.COPYING, image_id=None)],
    ),
    'being_queued': Case(
        ('wait s1',),
        [image()],
        known=[replica(state=states.PENDING, image_id=None)],
    ),
    'failed_and_not_due': Case(
        ('wait s1',),
        [image()],
        known=[replica(state=states.FAILED, image_id=None, next_try_at=LATER)],
    ),
    'failed_and_due': Case(
        ('copy s1',),
        [image()],
        known=[
            replica(state=states.FAILED, image_id=None, next_try_at=EARLIER)
        ],
    ),
    'retired_and_back': Case(
        ('copy s1',), [image()], known=[replica(state=states.RETIRED)]
    ),
    'missing': Case(('copy s1',), [image()], known=[replica()]),
    'missing_is_reported': Case(
        ('keep s1',),
        [image()],
        known=[replica()],
        rule={'on_missing': terms.REPORT},
    ),
    'missing_the_third_time': Case(
        ('copy s1',), [image()], known=[replica(restored=2)]
    ),
    'missing_the_fourth_time': Case(
        ('skip s1',), [image()], known=[replica(restored=3)]
    ),
    'missing_in_half_a_list': Case(
        ('wait s1',), [image()], 'half', [replica()]
    ),
    'missing_and_deactivated_at_the_source': Case(
        ('skip s1',), [image(status='deactivated')], known=[replica()]
    ),
}

#: What follows the source.
FOLLOW = {
    'in_step': Case(('keep s1',), [image()], [made()], [replica()]),
    'half_a_list_that_has_it': Case(
        ('keep s1',), [image()], ('half', made()), [replica()]
    ),
    'renamed': Case(
        (('amend s1', {'name': ('image-1', 'new')}),),
        [image(name='new')],
        [made()],
        [replica()],
    ),
    'new_property': Case(
        (('amend s1', {'os_version': (None, '13')}),),
        [image(os_version='13')],
        [made()],
        [replica()],
    ),
    'property_does_not_follow': Case(
        ('keep s1',),
        [image(os_version='13')],
        [made()],
        [replica()],
        rule={'follow': ['name']},
    ),
    'drift_is_restored': Case(
        (('amend s1', {'name': ('mine', 'image-1')}),),
        [image()],
        [made(name='mine')],
        [replica()],
    ),
    'drift_is_reported': Case(
        ('keep s1',), [image()], [made(name='mine')], [replica()], rule=REPORT
    ),
    'property_of_the_target': Case(
        ('keep s1',), [image()], [made(site_note='x')], [replica()]
    ),
    'adopted_is_never_changed': Case(
        ('keep s1',),
        [image(name='new')],
        [made()],
        [replica(adopted=True)],
    ),
    'adopted_is_never_deactivated': Case(
        ('keep s1',),
        [image(status='deactivated')],
        [made()],
        [replica(adopted=True)],
    ),
    'other_data_at_the_target': Case(
        ('conflict s1',),
        [image(name='new')],
        [made(os_hash_value='ff' * 16)],
        [replica()],
    ),
    'private': Case(
        (('amend s1', {'visibility': ('public', 'private')}),),
        [image(visibility='private')],
        [made()],
        [replica()],
    ),
    'private_by_option': Case(
        ('keep s1',),
        [image()],
        [made(visibility='private')],
        [replica(written={**replica().written, 'visibility': 'private'})],
        rule={'options': {'visibility': 'private'}},
    ),
    'visibility_that_is_refused': Case(
        ('keep s1',),
        [image()],
        [made(visibility='private')],
        [replica(refused=frozenset(['visibility']))],
    ),
    'deactivated': Case(
        ('deactivate s1',),
        [image(status='deactivated')],
        [made()],
        [replica()],
    ),
    'deactivated_everywhere': Case(
        ('keep s1',),
        [image(status='deactivated')],
        [made(status='deactivated')],
        [replica(withdrawn=OFF)],
    ),
    'hidden_as_it_cannot_be_deactivated': Case(
        ('keep s1',),
        [image(status='deactivated')],
        [made(os_hidden=True)],
        [
            replica(
                withdrawn=HIDDEN,
                written={**replica().written, 'os_hidden': True},
            )
        ],
        rule={'follow': ['deactivated']},
    ),
    'deactivation_does_not_follow': Case(
        ('keep s1',),
        [image(status='deactivated')],
        [made()],
        [replica()],
        rule={'follow': []},
    ),
    'reactivated': Case(
        ('reactivate s1',),
        [image()],
        [made(status='deactivated')],
        [replica(withdrawn=OFF)],
    ),
    'deactivated_by_the_site': Case(
        ('keep s1',), [image()], [made(status='deactivated')], [replica()]
    ),
    'shown_again': Case(
        ('show s1',),
        [image()],
        [made(os_hidden=True)],
        [
            replica(
                withdrawn=HIDDEN,
                written={**replica().written, 'os_hidden': True},
            )
        ],
    ),
    'hidden_at_the_source': Case(
        (('amend s1', {'os_hidden': (False, True)}),),
        [image(os_hidden=True)],
        [made()],
        [replica()],
    ),
    'fewer_see_it_before_more_do': Case(
        (
            'deactivate s4',
            ('amend s2', {'visibility': ('public', 'private')}),
            ('amend s1', {'name': ('image-1', 'new')}),
            'copy s3',
            'keep s5',
        ),
        [
            image('5'),
            image('3'),
            image('1', name='new'),
            image('2', visibility='private'),
            image('4', status='deactivated'),
        ],
        [made('1'), made('2'), made('4'), made('5')],
        [replica('1'), replica('2'), replica('4'), replica('5')],
    ),
}


@ddt.ddt
class ComparisonTest(base.TestCase):
    @ddt.named_data(*BRING.items())
    def test_bring(self, case: world.Case) -> None:
        self.check(case)

    @ddt.named_data(*FOLLOW.items())
    def test_follow(self, case: world.Case) -> None:
        self.check(case)

    def check(self, case: world.Case) -> None:
        """Make the pass of a case, and compare what it makes."""
        plan = world.plan(case)
        self.assertEqual(list(case.expected), world.told(plan))
        self.assertEqual([], plan.unapproved)

    def test_copy_tells_its_size(self) -> None:
        plan = world.plan(Case((), [image(size=77)]))
        self.assertEqual([77], [item.size for item in plan.items])

    def test_drift_that_is_reported_is_named(self) -> None:
        plan = world.plan(FOLLOW['drift_is_reported'])
        self.assertIn('name', plan.items[0].reason or '')

    def test_each_target_is_compared_by_itself(self) -> None:
        known = [replica(), replica(site_id='b')]
        plan = comparison.compare(
            world.rule(target_site_ids=['b', 'c', 'a']),
            world.listing(image()),
            {'a': world.listing(made()), 'b': world.listing(), 'c': None},
            known,
            world.facts(),
        )
        self.assertEqual(
            [('b', 'copy'), ('c', 'wait'), ('a', 'keep')],
            [(item.site_id, item.action) for item in plan.items],
        )

    def test_pass_after_a_pass_does_nothing(self) -> None:
        # What a pass writes is what the next one begins with.
        changed: dict[str, Any] = {'name': 'new', 'os_version': '13'}
        case = Case((), [image(**changed)], [made()], [replica()])
        first = world.plan(case).items[0]
        written = {k: new for k, (_old, new) in first.changes.items()}
        known = replica(written={**replica().written, **written})
        again = Case((), [image(**changed)], [made(**written)], [known])
        self.assertEqual(['keep s1'], world.told(world.plan(again)))

    def test_gone_are_those_that_the_source_does_not_list(self) -> None:
        known = [replica('1'), replica('2'), replica('3', state='retired')]
        self.assertEqual(
            {'s2'}, comparison.gone(world.listing(image('1')), known)
        )
