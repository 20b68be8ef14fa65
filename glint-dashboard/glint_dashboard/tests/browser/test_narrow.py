# SPDX-License-Identifier: Apache-2.0

"""The pages in a window of 800 pixels: nothing is beyond its edge."""

from glint_dashboard.tests.browser import base

# What is beyond the edge of the window, or of a box that can be scrolled.
_BEYOND = """() => Array.from(document.querySelectorAll('main, main *'))
    .filter(each => each.getClientRects().length)
    .filter(each =>
        each.getBoundingClientRect().right
            > document.documentElement.clientWidth + 1
        || (each.scrollWidth > each.clientWidth + 1
            && ['auto', 'scroll'].includes(getComputedStyle(each).overflowX)))
    .map(each => each.outerHTML.slice(0, 200))"""


class NarrowTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.page.set_viewport_size({'width': 800, 'height': 720})

    def check(self, ready: str) -> None:
        self.expect(self.page.locator(ready).first).to_be_visible()
        self.assertEqual([], self.page.evaluate(_BEYOND))

    def test_pages_of_members(self) -> None:
        image_id = base.stack.make_image(
            f'{self.name}-genericcloud-amd64-daily-20261007', base.MIB
        )
        base.stack.wire.torn = True
        failed = base.stack.replicate(image_id, base.stack.site_id)
        self.log_in(path=f'{base.REPLICATIONS}{failed}/')
        self.check('.copy-error')
        self.page.locator('#copies th a').click()
        self.check('#history')
        self.go(base.REPLICATIONS)
        self.check('.list-reason')
        self.go(f'{base.BASE}?refresh=1&search={self.name}')
        self.check('.cell-failed')
        cell = self.page.locator(f'td[data-column="{base.stack.site_id}"]')
        cell.get_by_role('checkbox').check()
        self.page.locator('[data-ticks-button]').click()
        self.check('#plan')
        self.go(base.CLOUDS)
        self.check('#credentials tbody tr')

    def test_pages_of_operators(self) -> None:
        image_id = base.stack.make_image(self.name, 1000)
        base.stack.replicate(image_id, base.stack.site_id)
        self.log_in('admin', '/admin/image_replication/')
        self.check('#replications tbody tr')
        self.go('/admin/image_replication/clouds/')
        self.check('#clouds tbody tr')
