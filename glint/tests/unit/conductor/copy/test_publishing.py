# SPDX-License-Identifier: Apache-2.0

from typing import Any

from glint import states
from glint.tests.unit.conductor import base
from glint.tests.unit.image import cloud

IMAGE = '/v2/images/[^/]+'
MEMBERS = IMAGE + '/members'


class PublishTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.config(group='conductor', max_attempts=1)

    def _share(self, *projects: str, **others: str) -> None:
        self.home.images[base.IMAGE_ID]['visibility'] = 'shared'
        statuses = dict.fromkeys(projects, 'accepted') | others
        members = [
            {'member_id': project_id, 'status': status}
            for project_id, status in statuses.items()
        ]
        self.home.reply('GET', MEMBERS, 200, {'members': members})

    def _run(self, **options: Any) -> Any:
        row = self.run_copy(self.replicate(**options))
        self.assertEqual(states.COMPLETED, row.state)
        return row

    def test_source_is_followed(self) -> None:
        self.home.images[base.IMAGE_ID].update(
            visibility='community', os_hidden=True, protected=True
        )
        self._run()
        [image] = self.made()
        self.assertEqual('community', image['visibility'])
        self.assertTrue(image['os_hidden'])
        self.assertTrue(image['protected'])

    def test_nothing_is_open_before_the_data_are_proved_right(self) -> None:
        self.home.images[base.IMAGE_ID].update(
            visibility='public', protected=True
        )
        seen = []

        def upload(request: cloud.Request) -> None:
            seen.extend(dict(image) for image in self.made())
            self.west._upload(request)

        self.west.on('PUT', base.FILE, upload)
        self._run()
        self.assertEqual('private', seen[0]['visibility'])
        self.assertFalse(seen[0]['protected'])

    def test_what_the_site_refuses_is_noted_and_the_rest_is_set(self) -> None:
        self.home.images[base.IMAGE_ID].update(
            visibility='shared', os_hidden=True, protected=True
        )

        def update(request: cloud.Request) -> None:
            [change] = request.json()
            if change['path'] == '/protected':
                image_id = request.path.split('/')[3]
                self.west.images[image_id]['protected'] = change['value']
                request.reply(200, self.west.images[image_id])
            else:
                # As a Glance that is too old for it.
                request.reply(400, {'message': 'unknown ' + change['path']})

        self.west.on('PATCH', IMAGE, update)
        row = self._run()
        self.assertEqual(2, len(row.notes))
        self.assertIn('visibility could not be set to shared', row.notes[0])
        self.assertIn('os_hidden', row.notes[1])
        self.assertTrue(self.made()[0]['protected'])

    def test_accepted_members_are_added(self) -> None:
        self._share('p1', 'p2')
        added = []
        self.west.on(
            'POST',
            MEMBERS,
            lambda r: (added.append(r.json()['member']), r.reply(200, {})),
        )
        row = self._run(members=True)
        self.assertEqual(['p1', 'p2'], added)
        [note] = row.notes
        self.assertIn('projects p1, p2 by their ids at the source', note)

    def test_pending_members_are_added_and_rejected_ones_noted(self) -> None:
        self._share('p1', p2='pending', p3='rejected')
        added = []
        self.west.on(
            'POST',
            MEMBERS,
            lambda r: (added.append(r.json()['member']), r.reply(200, {})),
        )
        row = self._run(members=True)
        self.assertEqual(['p1', 'p2'], added)
        rejected, foreign = row.notes
        self.assertIn('Not shared with p3', rejected)
        self.assertIn('projects p1, p2', foreign)

    def test_refused_member_is_noted_and_the_others_are_added(self) -> None:
        self._share('p1', 'p2', 'p3')
        added = []

        def add(request: cloud.Request) -> None:
            added.append(request.json()['member'])
            status = {'p1': 413, 'p2': 409}.get(added[-1], 200)
            request.reply(status, {'message': 'no'})

        self.west.on('POST', MEMBERS, add)
        row = self._run(members=True)
        self.assertEqual(['p1', 'p2', 'p3'], added)
        _foreign, note = row.notes
        self.assertIn('member could not be set to p1', note)

    def test_members_of_an_image_that_has_none_are_not_asked_for(self) -> None:
        self.home.images[base.IMAGE_ID]['visibility'] = 'private'
        row = self._run(members=True)
        self.assertEqual([], self.home.sent('GET', MEMBERS))
        self.assertEqual([], row.notes or [])

    def test_members_that_cannot_be_read_are_noted(self) -> None:
        self._share('p1')
        self.home.reply('GET', MEMBERS, 403, {'message': 'no'})
        row = self._run(members=True)
        self.assertIn('members', row.notes[0])
