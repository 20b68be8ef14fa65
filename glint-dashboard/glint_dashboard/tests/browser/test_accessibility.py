# SPDX-License-Identifier: Apache-2.0

"""The pages for people who use a keyboard or a screen reader.

axe-core finds what a program can find: names, roles, contrast, order.
"""

from axe_playwright_python import sync_playwright as axe

from glint_dashboard.tests.browser import base

# What cannot be used now may be pale (WCAG 1.4.3); Horizon says so by a class.
_PALE = ['.btn.disabled']
_GRAVE = ('serious', 'critical')


class AccessibilityTest(base.TestCase):
    def check(self, ready: str, within: str = 'main') -> None:
        """Let axe-core look at a page.

        :param ready: is there when the page is.
        :param within: what of the page is not Horizon's.
        """
        self.expect(self.page.locator(ready).first).to_be_visible()
        found = (
            axe.Axe()
            .run(self.page, {'include': [within], 'exclude': _PALE})
            .response
        )
        grave = [
            f'{item["id"]}: {node["html"]}'
            for item in found['violations']
            for node in item['nodes']
            if item['impact'] in _GRAVE
        ]
        self.assertEqual([], grave)

    def test_pages_of_members(self) -> None:
        base.stack.make_image(f'{self.name}-missing', 1000)
        image_id = base.stack.make_image(self.name, 8 * base.MIB)
        base.stack.wire.rate = base.MIB / 4
        running = base.stack.replicate(image_id, base.stack.site_id)
        self.log_in(path=f'{base.BASE}?refresh=1&search={self.name}')
        self.check('.cell-copying')
        self.page.get_by_label('Tick all that').last.check()
        self.page.locator('[data-ticks-button]').click()
        self.check('#plan')
        self.go(base.REPLICATIONS)
        self.check('#replications tbody tr')
        self.go(f'{base.REPLICATIONS}{running}/')
        self.check('#copies [role=progressbar]')
        base.stack.wire.rate = 1e9
        self.page.locator('#copies th a').click()
        self.check('#history')
        self.go(base.CLOUDS)
        self.check('#clouds tbody tr')
        self.page.get_by_role('link', name='Add Cloud').click()
        self.check('#create_cloud', '#create_cloud')
        for form in ('create', 'credentials/create'):
            self.go(f'{base.CLOUDS}{form}/')
            self.check('main form')

    def test_failed_copy(self) -> None:
        image_id = base.stack.make_image(self.name, base.MIB)
        base.stack.wire.torn = True
        failed = base.stack.replicate(image_id, base.stack.site_id)
        self.log_in(path=f'{base.REPLICATIONS}{failed}/')
        self.check('.copy-error')
        self.go(f'{base.BASE}?refresh=1&search={self.name}')
        self.check('.cell-failed')

    def test_pages_of_operators(self) -> None:
        self.log_in('admin', '/admin/image_replication/')
        self.check('#replications')
        for path, ready in (
            ('clouds/', '#clouds'),
            ('clouds/create/', 'form'),
        ):
            self.go(f'/admin/image_replication/{path}')
            self.check(f'main {ready}')

    def test_keyboard_alone(self) -> None:
        base.stack.make_image(self.name, 1000)
        self.log_in(path=f'{base.BASE}?refresh=1&search={self.name}')
        # What a screen reader says of the cell.
        tick = f'Missing: {self.name}, {base.stack.site}'
        self.press_to('Tab', f'[aria-label="{tick}"]', 'Space')
        self.press_to('Shift+Tab', '[data-ticks-button]', 'Enter')
        self.expect(self.page.locator('#plan')).to_contain_text(self.name)
        self.press_to('Tab', 'main .btn-primary', 'Enter')
        self.expect(self.page.locator('.messages')).to_contain_text(
            '1 copy has been started.'
        )

    def press_to(self, key: str, wanted: str, then: str) -> None:
        """Press a key until something is focused, and then another one."""
        place = self.page.locator(wanted)
        self.expect(place).to_be_visible()
        for _ in range(100):
            self.page.keyboard.press(key)
            if place.evaluate('place => place === document.activeElement'):
                break
        else:
            self.fail(f'{key} does not lead to {wanted}.')
        self.page.keyboard.press(then)
