# SPDX-License-Identifier: Apache-2.0

"""The matrix of many clouds and many images."""

from glint_dashboard.tests.browser import base

_CLOUDS = 20
_IMAGES = 500
_PAGE = 20
_MOST_BYTES = 400000


class ManyTest(base.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        base.stack.add_images(_CLOUDS, _IMAGES)

    def test_pages_filter_and_search(self) -> None:
        page = self.page
        self.log_in('admin')
        rows = page.locator('[data-matrix] tbody tr')
        heads = page.locator('[data-matrix] thead th[data-column]')
        # And the home cloud.
        self.expect(heads).to_have_count(_CLOUDS + 1)
        self.expect(rows).to_have_count(_PAGE)
        self.assertLess(len(page.content()), _MOST_BYTES)
        pager = page.get_by_role('navigation', name='Pages')
        self.expect(pager).to_contain_text('Page 1 of ')
        seen = set(rows.locator('th').all_inner_texts())
        pager.get_by_role('link', name='Next').click()
        self.expect(pager).to_contain_text('Page 2 of ')
        self.assertEqual(
            set(), seen & set(rows.locator('th').all_inner_texts())
        )

        page.get_by_label('Name or hash').fill('IMAGE-0012')
        page.get_by_role('button', name='Filter').click()
        self.expect(rows).to_have_count(10)
        self.expect(page.locator('#ticks')).to_contain_text('10 of ')
        # Every fifth lacks it, and so does the home cloud.
        row = rows.filter(has_text='image-00120')
        self.expect(row.get_by_text('Missing')).to_have_count(_CLOUDS // 5 + 1)
        page.get_by_label('Tick all that home lacks').check()
        page.get_by_role('button', name='Replicate (10)').click()
        self.expect(page.locator('#plan tbody tr')).to_have_count(10)

    def test_names_stay_in_sight(self) -> None:
        self.log_in('admin')
        table = self.page.locator('.image-replication-matrix')
        last = self.page.locator('[data-matrix] tbody tr').last
        last.locator('td').last.scroll_into_view_if_needed()
        frame = table.bounding_box()
        head = self.page.locator('[data-matrix] thead th').last.bounding_box()
        name = last.locator('th').bounding_box()
        self.assertAlmostEqual(frame['y'], head['y'], delta=2)
        self.assertAlmostEqual(frame['x'], name['x'], delta=2)
