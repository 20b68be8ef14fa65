# SPDX-License-Identifier: Apache-2.0

"""From ticks to replications."""

import uuid

from django.urls import reverse

from glint_dashboard.tests.unit import base
from glint_dashboard.tests.unit import data

_BASE = 'horizon:project:image_replication'
_INDEX = reverse(f'{_BASE}:index')
_PLAN = reverse(f'{_BASE}:images:plan')
_REPLICATE = reverse(f'{_BASE}:images:replicate')
_WEST = f'{data.HOME_ID}/{data.IMAGE_ID}/{data.WEST_ID}'
_EAST = f'{data.HOME_ID}/{data.IMAGE_ID}/{data.EAST_ID}'

_OPTIONS = {
    'image_name': ' mine ',
    'set_properties': 'hw_disk_bus = scsi\r\n\r\nnote=a=b\r\n',
    'remove_properties': 'os_distro\r\nos_distro\r\n',
}


def _target(site_id, action, **values):
    return {
        'target_site_id': site_id,
        'action': action,
        'target_image_id': None,
        'bytes': 377487360,
        'reasons': [],
        'notes': [],
        **values,
    }


def _plan(*targets):
    return {
        'image_id': data.IMAGE_ID,
        'image_name': 'debian-13',
        'size': 377487360,
        'source_site_id': data.HOME_ID,
        'targets': list(targets),
    }


class PlanTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.answer_sites()

    def test_plan_asks_once_for_each_image_and_shows_it(self) -> None:
        call = self.answer(
            'POST',
            'replications?dry_run=true',
            _plan(
                _target(data.WEST_ID, 'copy'),
                _target(data.EAST_ID, 'blocked', reasons=['It is full.']),
            ),
        )
        response = self.client.post(_PLAN, {'tick': [_WEST, _EAST]})
        self.assertEqual(1, call.call_count)
        self.assertEqual(
            {
                'source_site_id': data.HOME_ID,
                'image_id': data.IMAGE_ID,
                'target_site_ids': [data.WEST_ID, data.EAST_ID],
                'options': {},
            },
            call.last_request.json(),
        )
        self.assertContains(response, '1 copy can be made')
        self.assertContains(response, 'It is full.')
        self.assertContains(response, f'name="tick" value="{_WEST}"', 1)
        self.assertNotContains(response, f'name="tick" value="{_EAST}"')

    def test_adopted_image_is_no_byte(self) -> None:
        target = _target(data.WEST_ID, 'adopt', bytes=0)
        self.answer('POST', 'replications', _plan(target))
        response = self.client.post(_PLAN, {'tick': [_WEST]})
        self.assertContains(response, 'nothing is sent')

    def test_skipped_site_is_left_out(self) -> None:
        target = _target(data.WEST_ID, 'skip', bytes=0, notes=['Same name.'])
        self.answer('POST', 'replications', _plan(target))
        response = self.client.post(_PLAN, {'tick': [_WEST]})
        self.assertContains(response, '<span class="plan-action plan-skip">')
        self.assertContains(response, 'Skip')
        self.assertContains(response, 'Same name.')
        self.assertNotContains(response, 'name="tick"')

    def test_nothing_to_do_has_no_button(self) -> None:
        target = _target(data.WEST_ID, 'conflict', reasons=['Same name.'])
        self.answer('POST', 'replications', _plan(target))
        response = self.client.post(_PLAN, {'tick': [_WEST]})
        self.assertContains(response, 'Same name.')
        self.assertNotContains(response, 'Confirm and replicate')

    def test_refusal_of_one_image_is_part_of_the_plan(self) -> None:
        self.refuse('POST', 'replications', 503, 'No conductor answers.')
        response = self.client.post(_PLAN, {'tick': [_WEST]})
        self.assertContains(response, 'No conductor answers.')

    def test_plan_again_takes_all_ticks_and_the_options(self) -> None:
        call = self.answer(
            'POST', 'replications', _plan(_target(data.WEST_ID, 'copy'))
        )
        choices = {
            'visibility': 'community',
            'on_conflict': 'rename',
            'on_difference': 'amend',
        }
        response = self.client.post(
            _PLAN, {'tick': [], 'asked': [_WEST], **_OPTIONS, **choices}
        )
        self.assertEqual(
            {
                'image_name': 'mine',
                'properties': {
                    'set': {'hw_disk_bus': 'scsi', 'note': 'a=b'},
                    'remove': ['os_distro'],
                },
                **choices,
            },
            call.last_request.json()['options'],
        )
        for value in choices.values():
            self.assertContains(response, f'value="{value}" selected')
        self.assertContains(response, 'value=" mine "')
        self.assertContains(response, 'hw_disk_bus = scsi')
        self.assertContains(response, 'os_distro')

    def test_property_without_value_is_refused_and_kept(self) -> None:
        call = self.answer('POST', 'replications', _plan())
        form = {'asked': [_WEST], 'set_properties': 'hw_disk_bus'}
        response = self.client.post(_PLAN, form)
        self.assertEqual(0, call.call_count)
        self.assertContains(response, '&quot;hw_disk_bus&quot; is none')
        self.assertContains(response, '>hw_disk_bus</textarea>')

    def test_several_images_have_no_common_name(self) -> None:
        plan = _plan(_target(data.WEST_ID, 'copy'))
        self.answer('POST', 'replications', plan)
        other = f'{data.HOME_ID}/{data.ROW_ID}/{data.WEST_ID}'
        response = self.client.post(_PLAN, {'tick': [_WEST, other]})
        self.assertNotContains(response, 'name="image_name"')

    def test_no_or_broken_ticks_lead_back(self) -> None:
        for ticks in ([], ['x'], ['a/b/c'], ['../../..']):
            response = self.client.post(_PLAN, {'tick': ticks})
            self.assertRedirectsNoFollow(response, _INDEX)

    def test_too_many_images_lead_back(self) -> None:
        ticks = [
            f'{data.HOME_ID}/{uuid.uuid4()}/{data.WEST_ID}' for _ in range(51)
        ]
        response = self.client.post(_PLAN, {'tick': ticks})
        self.assertRedirectsNoFollow(response, _INDEX)

    def test_reader_may_not(self) -> None:
        self.become(base.READER)
        for url in (_PLAN, _REPLICATE):
            response = self.client.post(url, {'tick': [_WEST]})
            self.assertEqual(403, response.status_code)


class ReplicateTest(base.TestCase):
    def test_pressing_twice_has_the_same_client_token(self) -> None:
        call = self.answer('POST', 'replications', data.replication(), 202)
        for _ in range(2):
            response = self.client.post(
                _REPLICATE, {'tick': [_WEST], 'token': 'abc'}
            )
            self.assertRedirectsNoFollow(response, _INDEX)
        [first, second] = call.request_history
        self.assertEqual(first.json(), second.json())
        self.assertEqual(
            f'abc/{data.HOME_ID}/{data.IMAGE_ID}',
            first.json()['client_token'],
        )

    def test_options_are_sent(self) -> None:
        call = self.answer('POST', 'replications', data.replication(), 202)
        self.client.post(_REPLICATE, {'tick': [_WEST], **_OPTIONS})
        options = call.last_request.json()['options']
        self.assertEqual('mine', options['image_name'])
        self.assertEqual(['os_distro'], options['properties']['remove'])

    def test_option_that_is_wrong_leads_back_to_the_plan(self) -> None:
        self.answer_sites()
        call = self.answer('POST', 'replications', data.replication(), 202)
        form = {
            'tick': [_WEST],
            'asked': [_WEST],
            'set_properties': 'x',
        }
        response = self.client.post(_REPLICATE, form)
        self.assertEqual(0, call.call_count)
        self.assertContains(response, '&quot;x&quot; is none')
        self.assertContains(response, f'name="asked" value="{_WEST}"')

    def test_refusal_is_told(self) -> None:
        self.refuse('POST', 'replications', 403, 'Over quota.')
        self.answer('GET', 'images', data.matrix())
        response = self.client.post(_REPLICATE, {'tick': [_WEST]}, follow=True)
        self.assertEqual(['Over quota.'], self.messages(response))
