# SPDX-License-Identifier: Apache-2.0

"""The page with the matrix."""

from django.urls import reverse

from glint_dashboard.tests.unit import base
from glint_dashboard.tests.unit import data

_BASE = 'horizon:project:image_replication'
_INDEX = reverse(f'{_BASE}:index')
_LIVE = reverse(f'{_BASE}:images:live')
_TICK = f'{data.HOME_ID}/{data.IMAGE_ID}/{data.WEST_ID}'
_RETRY = reverse(
    f'{_BASE}:replications:retry_copy',
    args=[data.REPLICATION_ID, data.COPY_ID],
)
_HERE = data.presence(data.HOME_ID, 'in_sync')
_ASIDE = data.presence(data.WEST_ID, 'missing')
_RUNNING = data.presence(
    data.WEST_ID, 'copying', copy=data.cell_copy('copying')
)
_FAILED = data.presence(data.WEST_ID, 'missing', copy=data.cell_copy('error'))


class MatrixTest(base.TestCase):
    def show(self, *images, query='', **values):
        self.answer('GET', 'images', data.matrix(*images, **values))
        return self.client.get(f'{_INDEX}{query}')

    def test_missing_image_has_a_tick(self) -> None:
        response = self.show(data.image(_HERE, _ASIDE))
        self.assertContains(response, 'Here')
        self.assertNotContains(response, 'In sync')
        self.assertContains(response, f'value="{_TICK}"', 1)
        self.assertContains(response, 'Missing')
        self.assertContains(response, '360.0\xa0MiB')
        self.assertContains(response, 'data-live-active="false"')

    def test_image_in_two_clouds_is_in_sync(self) -> None:
        there = data.presence(data.WEST_ID, 'in_sync')
        response = self.show(data.image(_HERE, there))
        self.assertContains(response, 'In sync', 2)
        self.assertNotContains(response, 'Here')

    def test_deactivated_image_is_said_and_not_copied_from(self) -> None:
        asleep = data.presence(data.HOME_ID, 'in_sync', status='deactivated')
        there = data.presence(data.WEST_ID, 'in_sync', image_id=data.COPY_ID)
        east = data.presence(data.EAST_ID, 'missing')
        answer = data.matrix(data.image(asleep, there, east))
        answer['sites'].append(
            answer['sites'][1] | {'site_id': data.EAST_ID, 'name': 'east'}
        )
        self.answer('GET', 'images', answer)
        response = self.client.get(_INDEX)
        self.assertContains(response, 'Here, deactivated')
        tick = f'{data.WEST_ID}/{data.COPY_ID}/{data.EAST_ID}'
        self.assertContains(response, f'value="{tick}"', 1)

    def test_tick_copies_from_where_the_image_is(self) -> None:
        response = self.show(
            data.image(
                data.presence(data.HOME_ID, 'missing'),
                data.presence(data.WEST_ID, 'in_sync'),
            )
        )
        tick = f'{data.WEST_ID}/{data.IMAGE_ID}/{data.HOME_ID}'
        self.assertContains(response, f'value="{tick}"', 1)

    def test_running_copy_has_a_progress_bar_and_no_tick(self) -> None:
        response = self.show(data.image(_HERE, _RUNNING))
        self.assertContains(response, 'Sending')
        self.assertContains(response, 'aria-valuenow="35"')
        self.assertContains(response, 'data-live-active="true"')
        self.assertNotContains(response, 'name="tick"')

    def test_failed_copy_has_its_reason_a_retry_and_a_tick(self) -> None:
        response = self.show(data.image(_HERE, _FAILED))
        self.assertContains(response, 'Failed')
        self.assertContains(response, f'title="{data.ERROR["detail"]}"')
        self.assertContains(response, f'formaction="{_RETRY}"')
        self.assertContains(response, 'name="tick"', 1)

    def test_other_content_differs(self) -> None:
        other = data.presence(data.WEST_ID, 'differs')
        response = self.show(data.image(_HERE, other))
        self.assertContains(response, 'Differs')

    def test_unreachable_site_is_shown_with_its_age_and_reason(self) -> None:
        west = {'state': 'unreachable', 'detail': 'No route to west.'}
        response = self.show(data.image(_HERE, _ASIDE), west=west)
        self.assertContains(response, 'does not answer')
        self.assertContains(response, 'No route to west.')
        self.assertContains(response, 'as of')

    def test_site_that_never_answered_is_unknown(self) -> None:
        west = {'state': 'unreachable', 'listed_at': None}
        unknown = data.presence(data.WEST_ID, 'unverifiable')
        response = self.show(data.image(_HERE, unknown), west=west)
        self.assertContains(response, 'never listed')
        self.assertContains(response, 'Unknown')
        self.assertNotContains(response, 'name="tick"')

    def test_reader_sees_no_buttons(self) -> None:
        self.become(base.READER)
        response = self.show(data.image(_HERE, _FAILED))
        self.assertContains(response, 'Failed')
        self.assertNotContains(response, 'type="checkbox" name="tick"')
        self.assertNotContains(response, 'data-ticks-button')
        self.assertNotContains(response, 'Retry')

    def test_search_finds_parts_of_names(self) -> None:
        other = data.image(_HERE, _ASIDE, name='rocky-10', id=data.COPY_ID)
        found = self.show(
            data.image(_HERE, _ASIDE), other, query='?search=BIAN'
        )
        self.assertContains(found, 'debian-13')
        self.assertNotContains(found, 'rocky-10')
        self.assertContains(found, '1 of 2 images')

    def test_filter_leaves_images_that_a_cloud_lacks(self) -> None:
        everywhere = data.image(
            _HERE,
            data.presence(data.WEST_ID, 'in_sync'),
            name='rocky-10',
            id=data.COPY_ID,
        )
        found = self.show(
            data.image(_HERE, _ASIDE), everywhere, query='?lacking=1'
        )
        self.assertNotContains(found, 'rocky-10')

    def test_image_of_another_panel_is_ticked_where_it_lacks(self) -> None:
        other = data.image(
            data.presence(data.HOME_ID, 'in_sync', image_id=data.COPY_ID),
            _ASIDE,
            name='rocky-10',
            id=data.COPY_ID,
        )
        response = self.show(
            data.image(_HERE, _ASIDE), other, query=f'?image={data.IMAGE_ID}'
        )
        self.assertNotContains(response, 'rocky-10')
        box = rf'value="{_TICK}" form="ticks" data-state="missing" checked'
        self.assertContains(response, box, 1)
        self.assertContains(response, 'Show all images')

    def test_image_that_is_newer_than_the_listing_is_asked_for(self) -> None:
        self.answer('GET', 'images', data.matrix())
        fresh = self.glint.get(
            f'{base.GLINT}/v1/images?refresh=true',
            json=data.matrix(data.image(_HERE, _ASIDE)),
        )
        response = self.client.get(f'{_INDEX}?image={data.IMAGE_ID}')
        self.assertEqual(1, fresh.call_count)
        self.assertContains(response, 'debian-13')

    def test_image_that_nobody_lists_is_said_once(self) -> None:
        images = self.answer('GET', 'images', data.matrix())
        response = self.client.get(f'{_INDEX}?image={data.IMAGE_ID}')
        self.assertEqual(2, images.call_count)
        self.assertContains(response, 'lists this image')

    def test_many_images_are_shown_in_pages(self) -> None:
        images = [
            data.image(_HERE, _ASIDE, name=f'image-{number:03}')
            for number in range(500)
        ]
        first = self.show(*images)
        self.assertContains(first, 'image-000')
        self.assertNotContains(first, 'image-499')
        last = self.show(*images, query='?page=999&search=image')
        self.assertContains(last, 'image-499')
        self.assertContains(last, 'search=image')

    def test_clouds_are_asked_again_on_request(self) -> None:
        self.show(query='?refresh=1')
        self.assertIn('refresh=true', self.glint.last_request.query)
        self.show()
        self.assertNotIn('refresh', self.glint.last_request.query)

    def test_names_are_escaped(self) -> None:
        response = self.show(data.image(_HERE, _ASIDE, name='<b>x</b>'))
        self.assertNotContains(response, '<b>x</b>')


class LiveTest(base.TestCase):
    def ask(self, query=''):
        return self.client.get(
            f'{_LIVE}{query}', HTTP_X_REQUESTED_WITH='XMLHttpRequest'
        )

    def test_running_rows_are_told(self) -> None:
        images = self.answer(
            'GET', 'images', data.matrix(data.image(_HERE, _RUNNING))
        )
        news = self.ask().json()
        self.assertIn('state=copying', images.last_request.query)
        self.assertTrue(news['active'])
        self.assertEqual('1 copy runs.', news['summary'])
        part = news['parts'][f'{data.ROW_ID}/{data.WEST_ID}']
        self.assertIn('aria-valuenow="35"', part)

    def test_rows_that_were_running_are_told_to_their_end(self) -> None:
        done = data.image(_HERE, data.presence(data.WEST_ID, 'in_sync'))
        self.glint.get(
            f'{base.GLINT}/v1/images?state=copying', json=data.matrix()
        )
        self.glint.get(
            f'{base.GLINT}/v1/images?os_hash_value={data.HASH}',
            json=data.matrix(done),
        )
        news = self.ask(f'?watch=os_hash_value:{data.HASH}').json()
        self.assertFalse(news['active'])
        part = news['parts'][f'{data.ROW_ID}/{data.WEST_ID}']
        self.assertIn('In sync', part)

    def test_nothing_else_can_be_asked_for_by_watching(self) -> None:
        images = self.answer('GET', 'images', data.matrix())
        self.ask('?watch=refresh:true&watch=x')
        self.assertEqual(1, images.call_count)

    def test_session_is_not_touched(self) -> None:
        self.answer('GET', 'images', data.matrix())
        response = self.ask()
        self.assertNotIn('sessionid', response.cookies)
        self.assertIn('no-store', response['Cache-Control'])

    def test_refusal_is_told(self) -> None:
        self.refuse('GET', 'images', 503, 'No conductor answers.')
        response = self.ask()
        self.assertEqual(503, response.status_code)
        self.assertEqual('No conductor answers.', response.json()['error'])

    def test_token_that_has_ended_is_401(self) -> None:
        self.refuse('GET', 'images', 401, 'The token is not valid.')
        self.assertEqual(401, self.ask().status_code)
