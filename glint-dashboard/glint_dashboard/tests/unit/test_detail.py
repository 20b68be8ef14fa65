# SPDX-License-Identifier: Apache-2.0

"""The pages of a replication and of a copy."""

from django.urls import reverse

from glint_dashboard.tests.unit import base
from glint_dashboard.tests.unit import data

_BASE = 'horizon:project:image_replication:replications'
_IDS = [data.REPLICATION_ID, data.COPY_ID]
_INDEX = reverse(f'{_BASE}:index')
_DETAIL = reverse(f'{_BASE}:detail', args=_IDS[:1])
_LIVE = reverse(f'{_BASE}:detail_live', args=_IDS[:1])
_COPY = reverse(f'{_BASE}:copy', args=_IDS)
_PATH = f'replications/{data.REPLICATION_ID}'


class DetailTest(base.TestCase):
    def show(self, replication):
        self.answer('GET', _PATH, replication)
        return self.client.get(_DETAIL)

    def test_copy_tells_progress_rate_and_time_left(self) -> None:
        response = self.show(data.replication())
        for text in (
            'west',
            'sending',
            '50.0\xa0MiB/s',
            '0:05',
            'was removed',
        ):
            self.assertContains(response, text)
        self.assertContains(response, 'Cancel the copy to west')
        self.assertNotContains(response, 'Retry')

    def test_sites_have_the_names_that_they_had(self) -> None:
        gone = data.copy('completed', target_site_name='gone')
        response = self.show(
            data.replication(
                'completed', source_site_name='moved', copies=[gone]
            )
        )
        self.assertContains(response, 'moved')
        self.assertContains(response, 'gone')

    def test_hours_left(self) -> None:
        response = self.show(data.replication(copies=[data.copy(eta=3723)]))
        self.assertContains(response, '1:02:03')

    def test_failed_copy_tells_why_and_can_be_retried(self) -> None:
        response = self.show(data.replication('error'))
        self.assertContains(response, data.ERROR['detail'])
        self.assertContains(response, 'Retry the copy to west')
        self.assertContains(response, 'Delete Replication')

    def test_skipped_copy_tells_why(self) -> None:
        skipped = data.copy(
            'completed', outcome='skipped', notes=['west has another one.']
        )
        response = self.show(data.replication('completed', copies=[skipped]))
        self.assertContains(response, 'skipped: another image has the name')
        self.assertContains(response, 'west has another one.')
        self.assertNotContains(response, 'Retry')

    def test_copy_that_waits_for_a_credential_can_be_retried(self) -> None:
        refused = data.wait('credential_refused', data.ERROR['detail'])
        waiting = data.copy('queued', error=data.ERROR, waits_for=[refused])
        response = self.show(data.replication('queued', copies=[waiting]))
        self.assertContains(response, 'Retry the copy to west')
        self.assertContains(response, 'Cancel the copy to west')
        # Once, as the error.
        self.assertContains(response, data.ERROR['detail'], 1)

    def test_copy_that_waits_for_a_silent_site_can_be_retried(self) -> None:
        silent = data.wait('site_silent', data.ERROR['detail'])
        waiting = data.copy('queued', error=data.ERROR, waits_for=[silent])
        response = self.show(data.replication('queued', copies=[waiting]))
        self.assertContains(response, 'Retry the copy to west')

    def test_copy_tells_why_it_waits(self) -> None:
        waits = [
            data.wait('target_full', '4 of 4 copies to cern run.'),
            data.wait('backoff', 'The next attempt is at noon.'),
        ]
        waiting = data.copy(
            'queued', waits_for=waits, next_attempt_at=data.TIME
        )
        response = self.show(data.replication('queued', copies=[waiting]))
        self.assertContains(response, '4 of 4 copies to cern run.')
        self.assertContains(
            response, 'Next attempt at 2026-10-07 09:30:43 UTC.'
        )
        self.assertNotContains(response, 'at noon')
        self.assertNotContains(response, 'Retry the copy')

    def test_reader_sees_no_buttons(self) -> None:
        self.become(base.READER)
        response = self.show(data.replication('error'))
        self.assertContains(response, data.ERROR['detail'])
        self.assertNotContains(response, 'formaction')

    def test_unknown_replication_leads_to_the_list(self) -> None:
        self.refuse('GET', _PATH, 404, 'There is no such replication.')
        response = self.client.get(_DETAIL)
        self.assertRedirectsNoFollow(response, _INDEX)

    def test_live_parts_are_those_of_the_page(self) -> None:
        self.answer('GET', _PATH, data.replication())
        news = self.client.get(_LIVE).json()
        self.assertTrue(news['active'])
        self.assertEqual({'summary', 'copies'}, set(news['parts']))
        self.assertEqual('Copying: 35 %', news['summary'])


class CopyTest(base.TestCase):
    def show(self, state='copying', url=_COPY, **values):
        attempt = {
            'number': 1,
            'conductor': 'conductor-2',
            'state': 'error',
            'bytes_sent': 83886080,
            'error': data.ERROR | {'detail': 'The upload broke off.'},
            'started_at': data.TIME,
            'finished_at': data.TIME,
        }
        self.answer('GET', _PATH, data.replication(state))
        copy = data.copy(state, **values) | {'history': [attempt]}
        self.answer('GET', f'{_PATH}/copies/{data.COPY_ID}', copy)
        return self.client.get(url)

    def test_history_is_shown(self) -> None:
        response = self.show()
        self.assertContains(response, 'The upload broke off.')
        self.assertContains(response, 'conductor-2')
        time = '2026-10-07 09:30:43 UTC'
        self.assertContains(response, f'{time}<br>{time}')

    def test_running_copy_can_be_cancelled(self) -> None:
        response = self.show()
        self.assertContains(response, 'Cancel the copy to west')
        self.assertContains(response, f'formaction="{_COPY}cancel/"')
        self.assertNotContains(response, 'Retry')

    def test_failed_copy_can_be_retried(self) -> None:
        response = self.show('error')
        self.assertContains(response, f'formaction="{_COPY}retry/"')
        self.assertNotContains(response, 'Cancel the copy')

    def test_reader_sees_no_buttons(self) -> None:
        self.become(base.READER)
        self.assertNotContains(self.show('error'), 'formaction')

    def test_next_attempt_is_told(self) -> None:
        response = self.show('queued', next_attempt_at=data.TIME)
        self.assertContains(response, '<dd>2026-10-07 09:30:43 UTC</dd>')

    def test_live_part_is_that_of_the_page(self) -> None:
        news = self.show(url=f'{_COPY}live/').json()
        self.assertTrue(news['active'])
        self.assertEqual('Copying: 35 %', news['summary'])
        self.assertIn('conductor-2', news['parts']['copy'])
        news = self.show('error', url=f'{_COPY}live/').json()
        self.assertFalse(news['active'])


class ActTest(base.TestCase):
    def act(self, name, ids, **body):
        return self.client.post(reverse(f'{_BASE}:{name}', args=ids), body)

    def test_acts_call_the_service_and_go_back(self) -> None:
        copy = f'{_PATH}/copies/{data.COPY_ID}'
        for name, ids, path in (
            ('cancel', _IDS[:1], f'{_PATH}/cancel'),
            ('retry', _IDS[:1], f'{_PATH}/retry'),
            ('cancel_copy', _IDS, f'{copy}/cancel'),
            ('retry_copy', _IDS, f'{copy}/retry'),
        ):
            call = self.answer('PUT', path, {}, 202)
            response = self.act(name, ids, next=_DETAIL)
            self.assertRedirectsNoFollow(response, _DETAIL)
            self.assertEqual(1, call.call_count)

    def test_delete_goes_to_the_list(self) -> None:
        self.answer('DELETE', _PATH, None, 204)
        response = self.act('delete', _IDS[:1], next=_DETAIL)
        self.assertRedirectsNoFollow(response, _INDEX)

    def test_nobody_is_sent_elsewhere(self) -> None:
        self.answer('PUT', f'{_PATH}/cancel', {}, 202)
        for target in ('https://evil.example.org/', '//evil.example.org'):
            response = self.act('cancel', _IDS[:1], next=target)
            self.assertRedirectsNoFollow(response, _INDEX)

    def test_reader_may_not(self) -> None:
        self.become(base.READER)
        self.assertEqual(403, self.act('cancel', _IDS[:1]).status_code)

    def test_acts_are_posted(self) -> None:
        url = reverse(f'{_BASE}:cancel', args=_IDS[:1])
        self.assertEqual(405, self.client.get(url).status_code)
