# SPDX-License-Identifier: Apache-2.0

"""What people do with images across clouds, and with replications."""

import re

from glint_dashboard.tests.browser import base

MIB = base.MIB
REPLICATIONS = base.REPLICATIONS
CLOUDS = base.CLOUDS


class ReplicateTest(base.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.site = base.stack.site
        cls.site_id = base.stack.site_id

    def start_slowly(self) -> str:
        """Begin a replication that takes as long as the test wants."""
        image_id = base.stack.make_image(self.name, 8 * MIB)
        base.stack.wire.rate = MIB / 4
        return base.stack.replicate(image_id, self.site_id)

    def test_three_ticks_become_in_sync(self) -> None:
        page = self.page
        for number in range(3):
            base.stack.make_image(f'{self.name}-{number}', 8 * MIB)
        base.stack.wire.rate = 2 * MIB
        self.log_in(path=f'{base.BASE}?refresh=1&search={self.name}')
        rows = page.locator('[data-matrix] tbody tr')
        self.expect(rows).to_have_count(3)
        cells = page.locator(f'td[data-column="{self.site_id}"]')
        for number in range(3):
            cells.nth(number).get_by_role('checkbox').check()
        self.shoot('images')
        page.get_by_role('button', name='Replicate (3)').click()
        self.expect(page.locator('#plan tbody tr')).to_have_count(3)
        self.shoot('plan', whole=True)
        page.get_by_role('button', name='Confirm and replicate').click()
        page.wait_for_url(f'**{base.BASE}')
        self.go(f'{base.BASE}?search={self.name}')
        # Real progress, seen without loading the page again.
        page.wait_for_function(
            """() => Array.from(
                document.querySelectorAll('[role=progressbar]')
            ).some(bar => bar.getAttribute('aria-valuenow') > 5
                && bar.getAttribute('aria-valuenow') < 95)"""
        )
        self.shoot('progress')
        for number in range(3):
            self.expect(cells.nth(number)).to_contain_text('In sync')
        self.expect(page.locator('[data-live-status]')).to_have_text(
            'Nothing runs any more.'
        )

    def test_conflict_is_in_the_plan_and_another_name_solves_it(self) -> None:
        page = self.page
        for cloud in (0, 1):
            base.stack.make_image(self.name, 1000, cloud)
        self.log_in(path=f'{base.BASE}?refresh=1&search={self.name}')
        cell = page.locator(f'td[data-column="{self.site_id}"]').filter(
            has_text='Differs'
        )
        cell.get_by_role('checkbox').check()
        page.get_by_role('button', name='Replicate (1)').click()
        line = page.locator('#plan tbody tr')
        page.get_by_label('same name').select_option('fail')
        page.get_by_role('button', name='Plan again').click()
        self.expect(line).to_contain_text('Conflict')
        self.expect(line).to_contain_text(self.site)
        confirm = page.get_by_role('button', name='Confirm and replicate')
        self.expect(confirm).to_have_count(0)
        page.get_by_label('same name').select_option('rename')
        page.get_by_role('button', name='Plan again').click()
        self.expect(line).to_contain_text('Copy')
        confirm.click()
        page.wait_for_url(f'**{base.BASE}')
        self.go(f'{base.BASE}?search={self.name}')
        cells = page.locator(f'td[data-column="{self.site_id}"]')
        # That of the image which was there before, and that of the copy. Other
        # tests register the same cloud again, where both then are, too.
        there = cells.filter(has_text=re.compile('In sync|Here'))
        self.expect(there).to_have_count(2)

    def test_name_visibility_and_properties_are_asked_for(self) -> None:
        page = self.page
        base.stack.make_image(self.name, 1000)
        self.log_in(path=f'{base.BASE}?refresh=1&search={self.name}')
        cell = page.locator(f'td[data-column="{self.site_id}"]')
        cell.get_by_role('checkbox').check()
        page.get_by_role('button', name='Replicate (1)').click()
        name = f'{self.name}-renamed'
        page.get_by_label('Name of the copies').fill(name)
        page.get_by_label('Visibility').select_option('private')
        set_field = page.get_by_label('Properties to set')
        set_field.fill('hw_disk_bus')
        page.get_by_role('button', name='Plan again').click()
        self.expect(page.locator('#plan')).to_contain_text(
            '"hw_disk_bus" is none'
        )
        set_field.fill('hw_disk_bus=scsi\nhw_scsi_model=virtio-scsi')
        page.get_by_role('button', name='Plan again').click()
        page.get_by_role('button', name='Confirm and replicate').click()
        page.wait_for_url(f'**{base.BASE}')
        self.go(f'{base.BASE}?search={self.name}')
        self.expect(cell).to_contain_text('In sync')
        image = base.stack.find_image(name, 1)
        self.assertEqual('private', image['visibility'])
        self.assertEqual('scsi', image['hw_disk_bus'])
        self.assertEqual('virtio-scsi', image['hw_scsi_model'])

    def test_image_is_replicated_from_the_panel_of_images(self) -> None:
        page = self.page
        # That panel sorts by name, and shows some only.
        name = f'a-{self.name}'
        base.stack.make_image(name, 1000)
        # That panel asks for Nova and Cinder, which are not there, and for the
        # name of the project, which members may not be told.
        self.expected = {
            'Service type is not enabled',
            '/api/keystone/projects/',
        }
        self.log_in(path='/project/images')
        row = page.locator('tr', has_text=name).first
        row.locator('.split-caret, .dropdown-toggle').click()
        row.get_by_text('Replicate', exact=True).click()
        page.wait_for_url(lambda url: f'{base.BASE}?image=' in url)
        # It is newer than the listing.
        rows = page.locator('[data-matrix] tbody tr')
        self.expect(rows).to_have_count(1)
        self.expect(rows).to_contain_text(name)
        cell = page.locator(f'td[data-column="{self.site_id}"]')
        self.expect(cell.get_by_role('checkbox')).to_be_checked()
        page.locator('[data-ticks-button]').click()
        self.expect(page.locator('#plan')).to_contain_text(self.site)

    def test_row_and_column_are_ticked_as_a_whole(self) -> None:
        for number in range(2):
            base.stack.make_image(f'{self.name}-{number}', 1000)
        self.log_in(path=f'{base.BASE}?refresh=1&search={self.name}')
        column = f'Tick all that {self.site} lacks'
        self.page.get_by_label(column, exact=True).check()
        button = self.page.locator('[data-ticks-button]')
        self.expect(button).to_contain_text('(2)')
        self.page.get_by_label(column, exact=True).uncheck()
        self.expect(button).to_be_disabled()
        row = f'Tick all clouds that lack {self.name}-0'
        self.page.get_by_label(row, exact=True).check()
        cell = self.page.locator(f'td[data-column="{self.site_id}"]').first
        self.expect(cell.get_by_role('checkbox')).to_be_checked()

    def test_ticks_survive_progress(self) -> None:
        base.stack.make_image(f'{self.name}-other', 1000)
        self.start_slowly()
        self.log_in(path=f'{base.BASE}?refresh=1&search={self.name}')
        cells = self.page.locator(f'td[data-column="{self.site_id}"]')
        tick = cells.nth(1).get_by_role('checkbox')
        tick.check()
        with self.page.expect_response('**/images/live/**'):
            pass
        base.stack.wire.rate = 1e9
        self.expect(cells.nth(0)).to_contain_text('In sync')
        self.expect(tick).to_be_checked()

    def test_copy_is_cancelled(self) -> None:
        replication = self.start_slowly()
        self.log_in(path=f'{REPLICATIONS}{replication}/')
        copies = self.page.locator('#copies')
        self.expect(copies).to_contain_text('sending')
        self.expect(copies).to_contain_text('/s')
        self.shoot('replication')
        copies.get_by_role('button', name='Cancel the copy').click()
        self.expect(copies).to_contain_text('Cancelled')
        self.expect(
            self.page.get_by_role('button', name='Delete Replication')
        ).to_be_visible()

    def test_failed_copy_is_retried(self) -> None:
        image_id = base.stack.make_image(self.name, MIB)
        base.stack.wire.torn = True
        replication = base.stack.replicate(image_id, self.site_id)
        self.log_in(path=f'{REPLICATIONS}{replication}/')
        copies = self.page.locator('#copies')
        self.expect(copies.locator('.copy-error')).to_contain_text(self.site)
        self.go(REPLICATIONS)
        row = self.page.locator('#replications tr', has_text=self.name)
        self.expect(row).to_contain_text('Failed')
        # Where to, and why not.
        self.expect(row).to_contain_text(self.site)
        self.expect(row.locator('.list-reason')).to_contain_text(self.site)
        self.shoot('replications')
        self.go(f'{base.BASE}?refresh=1&search={self.name}')
        cell = self.page.locator(f'td[data-column="{self.site_id}"]')
        self.expect(cell).to_contain_text('Failed')
        base.stack.wire.torn = False
        cell.get_by_role('button', name='Retry').click()
        self.expect(cell).to_contain_text('In sync')
        self.go(f'{REPLICATIONS}{replication}/')
        copies.get_by_role('link').first.click()
        history = self.page.locator('#history tbody tr')
        self.expect(history).to_have_count(2)
        self.shoot('copy')

    def test_copy_is_cancelled_and_retried_on_its_page(self) -> None:
        replication = self.start_slowly()
        self.log_in(path=f'{REPLICATIONS}{replication}/')
        self.page.locator('#copies th a').click()
        copy = self.page.locator('[data-live=copy]')
        copy.get_by_role('button', name='Cancel the copy').click()
        self.expect(copy).to_contain_text('Cancelled')
        base.stack.wire.rate = 1e9
        copy.get_by_role('button', name='Retry the copy').click()
        # Seen without loading the page again.
        self.expect(copy).to_contain_text('Completed')
        self.expect(copy.get_by_role('button')).to_have_count(0)

    def test_replication_is_deleted(self) -> None:
        image_id = base.stack.make_image(self.name, 1000)
        base.stack.replicate(image_id, self.site_id)
        self.log_in(path=REPLICATIONS)
        row = self.page.locator('#replications tr', has_text=self.name)
        self.expect(row).to_contain_text('Completed')
        row.get_by_role('button', name='More actions').click()
        row.get_by_role('button', name='Delete Replication').click()
        dialog = self.page.locator('.modal-dialog')
        dialog.get_by_role('link', name='Delete Replication').click()
        self.expect(row).to_have_count(0)

    def test_reader_sees_no_buttons(self) -> None:
        image_id = base.stack.make_image(self.name, 1000)
        base.stack.replicate(image_id, self.site_id)
        self.log_in('reader', f'{base.BASE}?search={self.name}')
        self.expect(self.page.locator('h1')).to_be_visible()
        self.expect(self.page.locator('[name=tick]')).to_have_count(0)
        self.expect(self.page.locator('[data-ticks-button]')).to_have_count(0)
        for path, table, name in (
            (REPLICATIONS, '#replications', self.name),
            (CLOUDS, '#clouds', self.site),
        ):
            self.go(path)
            self.expect(self.page.locator(table)).to_contain_text(name)
            acts = self.page.locator(
                f'{table} .btn:not([id$="filter"]), #credentials .btn'
            )
            self.assertEqual([], self.labels(acts))

    def labels(self, buttons) -> list[str]:
        ours = ('Add', 'Delete', 'Edit', 'Cancel', 'Retry', 'Check')
        texts = [text.strip() for text in buttons.all_inner_texts()]
        return [text for text in texts if text.startswith(ours)]

    def test_other_project_sees_nothing(self) -> None:
        image_id = base.stack.make_image(self.name, 1000)
        base.stack.replicate(image_id, self.site_id)
        self.log_in('other')
        self.expect(self.page.locator('[data-matrix]')).to_be_visible()
        self.assertNotIn(self.name, self.page.content())
        for path in (REPLICATIONS, CLOUDS):
            self.go(path)
            self.expect(self.page.locator('h1')).to_be_visible()
            self.assertNotIn(self.name, self.page.content())
            self.assertNotIn(self.site, self.page.content())

    def test_operator_sees_all_projects(self) -> None:
        image_id = base.stack.make_image(self.name, 1000)
        base.stack.replicate(image_id, self.site_id)
        self.log_in('admin', '/admin/image_replication/')
        row = self.page.locator('#replications tr', has_text=self.name)
        self.expect(row).to_contain_text('demo')
        self.shoot('admin')
        self.go('/admin/image_replication/clouds/')
        row = self.page.locator('#clouds tr', has_text=self.site)
        self.expect(row).to_contain_text('demo')

    def test_logout_stops_asking(self) -> None:
        self.start_slowly()
        self.log_in()
        watching = self.open_page()
        # The page's own clock, which can be put forward.
        watching.clock.install()
        asked = self.live_requests(watching)
        with watching.expect_response('**/images/live/**'):
            watching.goto(f'{base.stack.url}{base.BASE}?refresh=1')
        self.expected = {'/live/', '401'}
        self.page.locator('.user-menu .dropdown-toggle').click()
        self.page.get_by_role('button', name='Sign Out').click()
        self.page.wait_for_url('**/auth/login/**')
        self.expect(watching.locator('[data-live-error]')).to_have_text(
            'You are logged out. The progress is no longer shown.'
        )
        del asked[:]
        watching.clock.fast_forward(600000)
        self.assertEqual([], asked)
        # Nor has an answer brought the session back.
        watching.reload()
        self.expect(watching.locator('#loginBtn')).to_be_visible()

    def test_page_where_nothing_runs_does_not_ask(self) -> None:
        self.page.clock.install()
        asked = self.live_requests(self.page)
        self.log_in('other')
        self.expect(self.page.locator('[data-matrix]')).to_be_visible()
        self.page.clock.fast_forward(600000)
        self.assertEqual([], asked)
