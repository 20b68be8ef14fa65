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
        self.answer_sites()
        body = {'replications': list(replications), 'links': list(links)}
        self.list = self.answer('GET', 'replications', body)
        return self.client.get(url)

    def actions(self, response):
        table = response.context['table']
        return {item.name for item in table.get_row_actions(table.data[0])}

    def test_row_tells_of_the_replication(self) -> None:
        response = self.show(data.replication())
        for text in ('debian-13', 'home', '360.0\xa0MiB', 'Copying', '0 of 1'):
            self.assertContains(response, text)
        self.assertContains(response, '2026-10-07 09:30:43 UTC')
        self.assertContains(response, 'aria-valuenow="35"')
        self.assertContains(response, 'data-live-active="true"')

    def test_actions_go_by_the_state(self) -> None:
        for state, names in (
            ('queued', {'cancel'}),
            ('copying', {'cancel'}),
            ('cancelling', set()),
            ('completed', {'delete'}),
            ('error', {'retry', 'delete'}),
            ('cancelled', {'retry', 'delete'}),
        ):
            response = self.show(data.replication(state))
            self.assertEqual(names, self.actions(response), state)

    def test_reader_sees_no_actions(self) -> None:
        self.become(base.READER)
        response = self.show(data.replication('error'))
        self.assertEqual(set(), self.actions(response))
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

    def test_live_rows_are_rendered(self) -> None:
        self.show(data.replication())
        news = self.client.get(_LIVE).json()
        self.assertTrue(news['active'])
        row = news['parts'][f'row/{data.REPLICATION_ID}']
        self.assertIn('aria-valuenow="35"', row)


class AdminListTest(base.TestCase):
    def test_operator_sees_all_projects(self) -> None:
        self.become(base.ADMIN)
        self.answer_sites()
        self.answer_projects()
        body = {'replications': [data.replication()], 'links': []}
        call = self.answer('GET', 'replications', body)
        response = self.client.get(_ADMIN)
        self.assertIn('all_projects=true', call.last_request.query)
        self.assertContains(response, 'debian-13')
        self.assertContains(response, 'the-project')
