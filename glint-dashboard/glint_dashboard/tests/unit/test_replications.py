# SPDX-License-Identifier: Apache-2.0

"""The list of replications."""

from django.urls import reverse

from glint_dashboard.tests.unit import base
from glint_dashboard.tests.unit import data

_BASE = 'horizon:project:image_replication:replications'
_INDEX = reverse(f'{_BASE}:index')
_LIVE = reverse(f'{_BASE}:live')
_ADMIN = reverse('horizon:admin:image_replication:index')


class ListTest(base.TestCase):
    def show(self, *replications, links=(), url=_INDEX):
        self.list = self.answer_replications(*replications, links=links)
        return self.client.get(url)

    def actions(self, response):
        table = response.context['table']
        return [item.name for item in table.get_row_actions(table.data[0])]

    def test_row_tells_of_the_replication(self) -> None:
        response = self.show(data.replication())
        for text in ('debian-13', '360.0\xa0MiB', 'Copying'):
            self.assertContains(response, text)
        row = response.context['table'].get_rows()[0]
        clouds = row.cells['clouds'].value
        self.assertRegex(clouds, '(?s)home.*to<.*west')
        self.assertIn('2026-10-07 09:30:43 UTC', row.cells['created'].value)
        self.assertIn('test_user', row.cells['created'].value)
        self.assertContains(response, 'aria-valuenow="35"')
        self.assertContains(response, 'data-live-active="true"')

    def test_user_who_is_another_one_is_told_apart(self) -> None:
        other = data.replication(user_id='0123456789abcdef')
        response = self.show(other)
        self.assertContains(response, 'title="0123456789abcdef"')

    def test_several_targets_are_named_with_how_many_are_done(self) -> None:
        copies = [
            data.copy('completed'),
            data.copy(target_site_name='gone'),
        ]
        summary = {'total': 2, 'completed': 1, 'copying': 1}
        response = self.show(
            data.replication(
                copies=copies,
                copies_summary=summary,
                target_site_names=['gone', 'west'],
            )
        )
        self.assertContains(response, 'gone, west')
        self.assertContains(response, '1 of 2 copies completed')

    def test_copies_are_asked_for_where_they_tell_a_reason(self) -> None:
        for state, calls in (
            ('queued', 2),
            ('error', 2),
            ('completed', 1),
            ('cancelled', 1),
        ):
            self.glint.reset_mock()
            response = self.show(data.replication(state))
            self.assertContains(response, 'debian-13')
            asked = [
                call
                for call in self.glint.request_history
                if '/replications' in call.path
            ]
            self.assertEqual(calls, len(asked), state)

    def test_row_tells_why_it_failed(self) -> None:
        response = self.show(data.replication('error'))
        self.assertContains(response, data.ERROR['detail'], 1)

    def test_row_tells_why_it_waits(self) -> None:
        waits = [data.wait('target_full', '4 of 4 copies to cern run.')]
        waiting = data.copy('queued', waits_for=waits)
        response = self.show(data.replication('queued', copies=[waiting]))
        self.assertContains(response, '4 of 4 copies to cern run.')

    def test_two_reasons_are_enough_for_a_row(self) -> None:
        copies = [
            data.copy('error', error=data.ERROR | {'detail': f'No {number}.'})
            for number in (1, 2, 2, 3)
        ]
        response = self.show(data.replication('error', copies=copies))
        self.assertContains(response, 'No 2.', 1)
        self.assertNotContains(response, 'No 3.')
        self.assertContains(response, 'More reasons are in the details.')

    def test_replication_that_was_just_deleted_is_left_out(self) -> None:
        replication = data.replication()
        path = f'replications/{data.REPLICATION_ID}'
        self.answer_replications(replication)
        self.refuse('GET', path, 404, 'There is no such replication.')
        response = self.client.get(_INDEX)
        self.assertNotContains(response, 'debian-13')
        self.assertEqual([], self.messages(response))

    def test_details_come_first_and_delete_last(self) -> None:
        for state, names in (
            ('queued', ['details', 'cancel']),
            ('copying', ['details', 'cancel']),
            ('cancelling', ['details']),
            ('completed', ['details', 'delete']),
            ('error', ['details', 'retry', 'delete']),
            ('cancelled', ['details', 'retry', 'delete']),
        ):
            response = self.show(data.replication(state))
            self.assertEqual(names, self.actions(response), state)

    def test_reader_sees_no_actions(self) -> None:
        self.become(base.READER)
        response = self.show(data.replication('error'))
        self.assertEqual(['details'], self.actions(response))
        self.assertNotContains(response, 'Delete Replication')

    def test_actions_call_the_service(self) -> None:
        for name, state, method, tail in (
            ('cancel', 'copying', 'PUT', '/cancel'),
            ('retry', 'error', 'PUT', '/retry'),
            ('delete', 'completed', 'DELETE', ''),
        ):
            self.show(data.replication(state))
            path = f'replications/{data.REPLICATION_ID}{tail}'
            call = self.answer(method, path, None, 202)
            action = f'replications__{name}__{data.REPLICATION_ID}'
            response = self.client.post(_INDEX, {'action': action})
            self.assertRedirectsNoFollow(response, _INDEX)
            self.assertEqual(1, call.call_count)

    def test_refused_action_tells_why(self) -> None:
        self.show(data.replication('completed'))
        self.refuse(
            'DELETE', f'replications/{data.REPLICATION_ID}', 409, 'Too late.'
        )
        action = f'replications__delete__{data.REPLICATION_ID}'
        response = self.client.post(_INDEX, {'action': action}, follow=True)
        self.assertEqual(['Too late.'], self.messages(response))

    def test_pages_go_both_ways(self) -> None:
        more = [{'rel': 'next', 'href': 'x'}]
        first = self.show(data.replication(), links=more)
        self.assertContains(first, f'marker={data.REPLICATION_ID}')
        self.assertIn('sort_dir=desc', self.list.last_request.query)
        back = self.show(
            data.replication(), url=f'{_INDEX}?prev_marker={data.COPY_ID}'
        )
        self.assertIn('sort_dir=asc', self.list.last_request.query)
        self.assertIn(f'marker={data.COPY_ID}', self.list.last_request.query)
        self.assertTrue(back.context['table'].has_more_data())
        self.assertFalse(back.context['table'].has_prev_data())

    def test_rows_that_run_are_told_to_their_end(self) -> None:
        self.show(data.replication())
        url = f'{_LIVE}?watch={data.REPLICATION_ID}'
        news = self.client.get(url).json()
        self.assertTrue(news['active'])
        row = news['parts'][f'row/{data.REPLICATION_ID}']
        self.assertIn('aria-valuenow="35"', row)
        self.show(data.replication('completed'))
        news = self.client.get(url).json()
        self.assertFalse(news['active'])
        row = news['parts'][f'row/{data.REPLICATION_ID}']
        self.assertIn('Completed', row)

    def test_nothing_else_can_be_asked_for_by_watching(self) -> None:
        self.show(data.replication())
        news = self.client.get(f'{_LIVE}?watch=../sites&watch=x').json()
        self.assertEqual({}, news['parts'])


class AdminListTest(base.TestCase):
    def test_operator_sees_all_projects_and_their_users(self) -> None:
        self.become(base.ADMIN)
        self.answer_projects()
        self.answer_user('7', 'jane')
        call = self.answer_replications(data.replication(user_id='7'))
        response = self.client.get(_ADMIN)
        self.assertIn('all_projects=true', call.last_request.query)
        for text in ('debian-13', 'the-project', 'jane'):
            self.assertContains(response, text)
