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

    def test_ticks_live_across_pages(self) -> None:
        page = self.page
        self.log_in('admin')
        button = page.locator('[data-ticks-button]')
        pager = page.get_by_role('navigation', name='Pages')
        values = []
        for number in (1, 2):
            self.expect(pager).to_contain_text(f'Page {number} of ')
            box = page.locator('td input[name=tick]').first
            values.append(box.get_attribute('value'))
            box.check()
            self.expect(button).to_contain_text(f'({number})')
            pager.get_by_role('link', name='Next').click()
        self.expect(page.locator('[data-ticks-note]')).to_contain_text('2')
        button.click()
        self.expect(page.locator('#plan tbody tr')).to_have_count(2)
        asked = page.locator('#plan input[name=asked]')
        self.assertEqual(
            sorted(values),
            sorted(box.get_attribute('value') for box in asked.all()),
        )
        page.get_by_role('link', name='Cancel').click()
        box = page.locator(f'td input[name=tick][value="{values[0]}"]')
        self.expect(box).to_be_checked()
        self.expect(button).to_contain_text('(2)')
        page.get_by_role('button', name='Untick all').click()
        self.expect(box).not_to_be_checked()
        self.expect(button).to_be_disabled()
        page.reload()
        self.expect(button).to_be_disabled()

    def test_column_is_ticked_on_all_pages(self) -> None:
        page = self.page
        self.log_in('admin', path=f'{base.BASE}?search=image-001')
        button = page.locator('[data-ticks-button]')
        head = page.locator('[data-matrix] thead th[data-column]').nth(1)
        box = head.get_by_role('checkbox')
        rest = head.get_by_role('button')
        self.expect(rest).to_be_hidden()
        box.check()
        self.expect(button).to_contain_text(f'({_PAGE // 5})')
        self.expect(rest).to_have_text('Tick all 20')
        rest.click()
        self.expect(rest).to_be_hidden()
        self.expect(button).to_contain_text('(20)')
        box.uncheck()
        self.expect(button).to_be_disabled()

    def test_page_is_scrolled_and_names_stay_in_sight(self) -> None:
        page = self.page
        self.log_in('admin')
        last = page.locator('[data-matrix] tbody tr').last
        page.evaluate('scrollTo(1e6, 1e6)')
        self.expect(last.locator('td').last).to_be_in_viewport()
        self.expect(last.locator('th')).to_be_in_viewport(ratio=1)
        head = page.locator('[data-matrix] thead th').last
        self.expect(head).to_be_in_viewport(ratio=1)
        button = page.locator('[data-ticks-button]')
        self.expect(button).to_be_in_viewport(ratio=1)
        # Beside and below Horizon's own bars, and not under them.
        side = page.locator('#sidebar').bounding_box()
        self.assertAlmostEqual(
            side['x'] + side['width'],
            last.locator('th').bounding_box()['x'],
            delta=2,
        )
        top = page.locator('.navbar-fixed-top').bounding_box()
        bar = page.locator('.matrix-bar').bounding_box()
        self.assertAlmostEqual(top['y'] + top['height'], bar['y'], delta=2)
        self.assertAlmostEqual(
            bar['y'] + bar['height'], head.bounding_box()['y'], delta=2
        )
