# SPDX-License-Identifier: Apache-2.0

"""Tests of how images of several sites are put together."""

from datetime import datetime
from datetime import timedelta
from typing import Any
import uuid

import ddt

from glint import exception
from glint import states
from glint.db import image_copy
from glint.db import image_listing
from glint.db import listing
from glint.inventory import content
from glint.inventory import matrix
from glint.tests import base

NOW = datetime(2026, 11, 23, 20)
KIND = image_listing.Kind(
    status='active',
    visibility='private',
    os_hidden=False,
    protected=False,
    owner='p',
    disk_format='raw',
    container_format='bare',
)


def _image(key: str | None = 'sha512:aa', **fields: Any) -> Any:
    kind = {name: fields.pop(name) for name in KIND._fields if name in fields}
    values = {
        'id': str(uuid.uuid4()),
        'name': 'debian',
        'size': 1,
        'checksum': None,
        'updated_at': '2026-11-23T20:00:00Z',
        **fields,
    }
    return image_listing.Image(
        **values, content=key, kind=KIND._replace(**kind)
    )


def _copy(**fields: Any) -> image_copy.Recent:
    values = {
        **dict.fromkeys(image_copy.Recent._fields),
        'id': str(uuid.uuid4()),
        'target_site_id': 'b',
        'credential_id': 'cb',
        'state': states.COPYING,
        'source_site_id': 'a',
        'source_hash': 'sha512:aa',
        'created_at': NOW,
        **fields,
    }
    return image_copy.Recent(**values)


class TestCase(base.TestCase):
    #: Sites that never were listed.
    unlisted: tuple[str, ...] = ()

    def make(self, *copies: Any, **images: list[Any]) -> matrix.Matrix:
        """Make one of what each site has."""
        sites = [
            content.Site(
                name, f'c{name}', None if name in self.unlisted else NOW
            )
            for name in images
        ]
        return matrix.Matrix(sites, images.items(), copies)

    def rows(self, made: matrix.Matrix, **filters: Any) -> list[content.Row]:
        page = listing.Page(sort_key='name', sort_dir='asc', filters=filters)
        return made.page(page)

    def states(self, *copies: Any, **images: list[Any]) -> dict[str, str]:
        """:returns: for each content the states at all sites."""
        return {
            row.content.key: ' '.join(cell.state for cell in row.cells)
            for row in self.rows(self.make(*copies, **images))
        }


class StateTest(TestCase):
    def test_same_content_is_in_sync_whatever_its_name(self) -> None:
        [row] = self.rows(
            self.make(a=[_image()], b=[_image(name='other')], c=[])
        )
        self.assertEqual('debian', row.content.name)
        self.assertEqual(
            [('a', 'in_sync'), ('b', 'in_sync'), ('c', 'missing')],
            [cell[:2] for cell in row.cells],
        )
        self.assertEqual('other', row.cells[1].found.name)
        self.assertIsNone(row.cells[2].found)

    def test_same_data_in_another_format_differs(self) -> None:
        self.assertEqual(
            {'sha512:aa': 'in_sync differs differs'},
            self.states(
                a=[_image()],
                b=[_image(disk_format='iso')],
                c=[_image(container_format='docker')],
            ),
        )

    def test_same_data_in_both_formats_is_shown_twice(self) -> None:
        self.assertEqual(
            {'sha512:aa': 'in_sync in_sync differs'},
            self.states(a=[_image()], b=[_image(disk_format='iso'), _image()]),
        )

    def test_united_content_in_another_format_differs(self) -> None:
        self.assertEqual(
            {'sha512:aa': 'in_sync differs'},
            self.states(
                a=[_image(checksum='c')],
                b=[_image('md5:c', checksum='c', disk_format='iso')],
            ),
        )

    def test_content_that_a_site_has_twice_is_shown_twice(self) -> None:
        self.assertEqual(
            {'sha512:aa': 'in_sync in_sync missing'},
            self.states(a=[_image(), _image()], b=[]),
        )

    def test_other_content_of_the_same_name_differs(self) -> None:
        self.assertEqual(
            {
                'sha512:aa': 'in_sync differs missing',
                'sha512:bb': 'differs in_sync missing',
            },
            self.states(a=[_image()], b=[_image('sha512:bb')], c=[]),
        )

    def test_any_name_of_a_content_counts(self) -> None:
        self.assertEqual(
            {
                'sha512:aa': 'in_sync in_sync differs',
                'sha512:bb': 'missing differs in_sync',
            },
            self.states(
                a=[_image(name='one')],
                b=[_image(name='two')],
                c=[_image('sha512:bb', name='two')],
            ),
        )

    def test_newest_of_those_that_differ_is_shown(self) -> None:
        old = _image('sha512:bb', updated_at='2026-01-01T00:00:00Z')
        new = _image('sha512:cc', updated_at='2026-01-02T00:00:00Z')
        never = _image('sha512:dd', updated_at=None)
        for there in ([old, new, never], [never, new, old]):
            rows = self.rows(self.make(a=[_image()], b=there))
            row = next(r for r in rows if r.content.key == 'sha512:aa')
            self.assertEqual(new.id, row.cells[1].found.image_id)

    def test_same_content_counts_more_than_the_same_name(self) -> None:
        self.assertEqual(
            'in_sync in_sync',
            self.states(a=[_image()], b=[_image(), _image('sha512:bb')])[
                'sha512:aa'
            ],
        )

    def test_unknown_content_of_the_same_name_is_unverifiable(self) -> None:
        self.assertEqual(
            {'sha512:aa': 'in_sync unverifiable missing'},
            self.states(a=[_image()], b=[_image(None)], c=[]),
        )

    def test_known_content_is_shown_before_an_unknown_one(self) -> None:
        newer = _image(None, updated_at='2027-01-01T00:00:00Z')
        found = self.states(a=[_image()], b=[newer, _image('sha512:bb')])
        self.assertEqual('in_sync differs', found['sha512:aa'])
        self.assertEqual({'sha512:aa', 'sha512:bb'}, set(found))

    def test_unknown_contents_of_a_name_are_a_row(self) -> None:
        self.assertEqual(
            {'name:debian': 'unverifiable missing unverifiable'},
            self.states(a=[_image(None)], b=[], c=[_image(None)]),
        )

    def test_unknown_contents_without_a_name_are_a_row_each(self) -> None:
        rows = self.rows(
            self.make(a=[_image(None, name=None)], b=[_image(None, name=None)])
        )
        self.assertEqual(2, len({row.content.id for row in rows}))

    def test_images_without_a_name_do_not_differ(self) -> None:
        self.assertEqual(
            {
                'sha512:aa': 'in_sync missing',
                'sha512:bb': 'missing in_sync',
            },
            self.states(
                a=[_image(name=None)], b=[_image('sha512:bb', name=None)]
            ),
        )

    def test_site_that_never_was_listed_is_unverifiable(self) -> None:
        self.unlisted = ('b',)
        self.assertEqual(
            {'sha512:aa': 'in_sync unverifiable'},
            self.states(a=[_image()], b=[]),
        )


class HashTest(TestCase):
    """Hashes of several algorithms."""

    def test_old_image_is_known_by_its_checksum(self) -> None:
        new = _image(checksum='11')
        old = _image('md5:11', checksum='11', name='old')
        for sites in ({'a': [new], 'b': [old]}, {'a': [old], 'b': [new]}):
            self.assertEqual(
                {'sha512:aa': 'in_sync in_sync'}, self.states(**sites)
            )

    def test_two_algorithms_are_compared_by_the_checksum(self) -> None:
        [found] = self.states(
            a=[_image(checksum='11')], b=[_image('sha256:cc', checksum='11')]
        ).values()
        self.assertEqual('in_sync in_sync', found)

    def test_same_checksum_of_other_data_differs(self) -> None:
        found = self.states(
            a=[_image(checksum='11')],
            b=[_image('sha512:bb', checksum='11')],
            c=[_image('md5:11', checksum='11')],
        )
        self.assertEqual('in_sync differs differs', found['sha512:aa'])

    def test_hash_is_shown_in_parts(self) -> None:
        rows = self.rows(
            self.make(
                a=[_image(), _image('md5:11', checksum='11', name='old')]
            )
        )
        self.assertEqual(
            [('sha512', 'aa', None), (None, None, '11')],
            [
                (
                    row.content.os_hash_algo,
                    row.content.os_hash_value,
                    row.content.checksum,
                )
                for row in rows
            ],
        )

    def test_names_of_united_contents_are_compared(self) -> None:
        found = self.states(
            a=[_image(checksum='11', name='x')],
            b=[_image('md5:11', checksum='11', name='old')],
            c=[_image('sha512:bb', name='old')],
        )
        self.assertEqual('in_sync in_sync differs', found['sha512:aa'])

    def test_copy_of_an_old_image_is_found(self) -> None:
        found = self.states(
            _copy(source_hash='md5:11'),
            a=[_image(checksum='11')],
            b=[],
            c=[_image('md5:11', checksum='11')],
        )
        self.assertEqual({'sha512:aa': 'in_sync copying in_sync'}, found)


@ddt.ddt
class CopyTest(TestCase):
    def cell(self, *copies: Any, there: Any = ()) -> content.Cell:
        """:returns: how the target has the image."""
        rows = self.rows(
            self.make(*copies, a=[_image(id='source')], b=list(there))
        )
        row = next(r for r in rows if r.content.key == 'sha512:aa')
        return row.cells[1]

    @ddt.data(*states.ACTIVE)
    def test_active_copy_is_copying(self, state: str) -> None:
        copy = _copy(state=state, target_image_id='new')
        for there in ([], [_image('sha512:bb')], [_image(None)]):
            cell = self.cell(copy, there=there)
            self.assertEqual((states.COPYING, copy), (cell.state, cell.copy))
            self.assertEqual('new', cell.found.image_id)

    def test_copy_of_what_is_there_is_in_sync(self) -> None:
        cell = self.cell(_copy(), there=[_image()])
        self.assertEqual((states.IN_SYNC, None), (cell.state, cell.copy))

    def test_copy_that_has_not_looked_yet_is_known_by_its_source(self) -> None:
        for source_hash in (None, 'sha512:gone'):
            copy = _copy(source_hash=source_hash, image_id='source')
            self.assertEqual(states.COPYING, self.cell(copy).state)

    def test_copy_of_what_was_not_listed_tells_of_its_source(self) -> None:
        later = NOW + timedelta(seconds=1)
        for fields, outdated in (
            ({'created_at': later}, {'a'}),
            ({'created_at': later, 'source_site_id': 'gone'}, set()),
            # It was deleted since.
            ({'created_at': NOW}, set()),
        ):
            copy = _copy(source_hash=None, image_id='new', **fields)
            made = self.make(copy, a=[_image()], b=[])
            self.assertEqual(outdated, made.outdated, fields)
        known = _copy(image_id='new', created_at=later)
        self.assertEqual(set(), self.make(known, a=[_image()], b=[]).outdated)

    def test_copy_of_another_image_is_not_shown(self) -> None:
        for fields in (
            {'source_hash': 'sha512:bb'},
            {'source_hash': None, 'image_id': 'other'},
            {'target_site_id': 'c'},
        ):
            self.assertEqual(
                states.MISSING, self.cell(_copy(**fields)).state, fields
            )

    def test_failed_copy_says_why(self) -> None:
        copy = _copy(state=states.ERROR)
        cell = self.cell(copy)
        self.assertEqual((states.MISSING, copy), (cell.state, cell.copy))
        cell = self.cell(copy, there=[_image('sha512:bb')])
        self.assertEqual((states.DIFFERS, copy), (cell.state, cell.copy))

    def test_newest_copy_counts(self) -> None:
        failed = _copy(state=states.ERROR)
        cancelled = _copy(state=states.CANCELLED)
        self.assertIsNone(self.cell(cancelled, failed).copy)
        self.assertEqual(failed, self.cell(failed, cancelled).copy)

    def test_active_copy_counts_more_than_a_newer_one(self) -> None:
        active = _copy(state=states.QUEUED)
        self.assertEqual(active, self.cell(_copy(state='error'), active).copy)

    def completed(self, seconds: float, **fields: Any) -> content.Cell:
        return self.cell(
            _copy(
                state=states.COMPLETED,
                finished_at=NOW + timedelta(seconds=seconds),
                **{'target_image_id': 'new'} | fields,
            )
        )

    def test_copy_completed_since_the_listing_is_in_sync(self) -> None:
        cell = self.completed(1)
        self.assertEqual(
            (states.IN_SYNC, 'new'), (cell.state, cell.found.image_id)
        )

    def test_copy_that_was_skipped_has_made_nothing(self) -> None:
        cell = self.completed(1, target_image_id=None)
        self.assertEqual(states.MISSING, cell.state)

    def test_copy_completed_before_the_listing_is_gone(self) -> None:
        self.assertEqual(states.MISSING, self.completed(-1).state)

    def test_copy_by_another_credential_is_not_seen(self) -> None:
        cell = self.completed(1, credential_id='another')
        self.assertEqual(states.MISSING, cell.state)


@ddt.ddt
class PageTest(TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.made = self.make(
            _copy(target_site_id='c'),
            a=[
                _image(size=3),
                _image('sha512:bb', name='Ubuntu', disk_format='qcow2'),
                _image(None, name='odd', visibility='public', size=None),
            ],
            b=[
                _image(visibility='shared'),
                _image('sha512:cc', name='Ubuntu', checksum='11', size=2),
            ],
            c=[_image(None, name='Ubuntu')],
        )

    @ddt.data(
        ({}, 'bb cc aa odd'),
        ({'name': 'Ubuntu'}, 'bb cc'),
        ({'name': 'none'}, ''),
        ({'name': 'odd'}, 'odd'),
        ({'search': 'BUN'}, 'bb cc'),
        ({'search': 'd'}, 'aa odd'),
        ({'search': '.*'}, ''),
        ({'search': 'u', 'name': 'odd'}, ''),
        ({'search': 'u', 'checksum': '11'}, 'cc'),
        ({'os_hash_algo': 'sha512'}, 'bb cc aa'),
        ({'os_hash_value': 'aa'}, 'aa'),
        ({'checksum': '11'}, 'cc'),
        ({'disk_format': 'qcow2'}, 'bb'),
        ({'container_format': 'bare', 'name': 'debian'}, 'aa'),
        ({'site_id': 'a'}, 'bb aa odd'),
        ({'site_id': 'c'}, ''),
        ({'site_id': 'unknown'}, ''),
        ({'state': 'in_sync'}, 'bb cc aa'),
        ({'state': 'differs'}, 'bb cc'),
        ({'state': 'copying'}, 'aa'),
        ({'state': 'copying', 'site_id': 'b'}, ''),
        ({'state': 'missing'}, 'odd'),
        ({'state': 'missing', 'site_id': 'a'}, ''),
        ({'state': 'missing', 'site_id': 'c'}, 'odd'),
        ({'state': 'unverifiable'}, 'bb cc odd'),
        ({'state': 'unverifiable', 'site_id': 'c'}, 'bb cc'),
        ({'state': 'differs', 'site_id': 'a'}, 'cc'),
        ({'visibility': 'public'}, 'odd'),
        ({'visibility': 'shared'}, 'aa'),
        ({'visibility': 'shared', 'site_id': 'a'}, ''),
        ({'visibility': 'private', 'state': 'differs'}, 'bb cc'),
        ({'visibility': 'public', 'state': 'differs'}, ''),
    )
    @ddt.unpack
    def test_filters(self, filters: dict[str, str], keys: str) -> None:
        found = [
            row.content.key.partition(':')[2]
            for row in self.rows(self.made, **filters)
        ]
        self.assertEqual(keys.split(), found)

    def test_filter_finds_what_is_there_in_another_format(self) -> None:
        made = self.make(
            a=[_image(), _image('sha512:bb', name='other')],
            b=[_image(disk_format='iso'), _image('sha512:bb', name='other')],
        )
        [row] = self.rows(made, state='differs')
        self.assertEqual('sha512:aa', row.content.key)
        self.assertEqual([], self.rows(made, state='differs', site_id='a'))

    def test_filter_by_state_finds_what_is_shown(self) -> None:
        for site_id in ('a', 'b', 'c'):
            for state in states.PRESENCE_STATES:
                shown = [
                    row.content.key
                    for row in self.rows(self.made)
                    if any(cell[:2] == (site_id, state) for cell in row.cells)
                ]
                found = self.rows(self.made, site_id=site_id, state=state)
                self.assertEqual(shown, [row.content.key for row in found])

    @ddt.data(
        ('name', 'asc', 'bb cc aa odd'),
        ('name', 'desc', 'odd aa cc bb'),
        ('size', 'asc', 'bb cc aa odd'),
        ('size', 'desc', 'aa cc bb odd'),
        ('disk_format', 'asc', 'bb odd aa cc'),
    )
    @ddt.unpack
    def test_order_holds_on_all_pages(
        self, key: str, direction: str, keys: str
    ) -> None:
        found: list[str] = []
        marker = None
        while len(found) < 4:
            [row] = self.made.page(
                listing.Page(
                    limit=1, sort_key=key, sort_dir=direction, marker=marker
                )
            )
            found.append(row.content.key.partition(':')[2])
            marker = row.content.id
        self.assertEqual(keys.split(), found)

    def test_unknown_marker_is_refused(self) -> None:
        page = listing.Page(marker=str(uuid.uuid4()), sort_key='name')
        self.assertRaises(exception.BadRequest, self.made.page, page)

    def test_ids_are_uuids_that_stay(self) -> None:
        first, second = (
            [row.content.id for row in self.rows(made)]
            for made in (self.made, self.make(z=[_image()]))
        )
        self.assertIn(second[0], first)
        self.assertEqual(4, len(set(first)))
        for one in first:
            self.assertEqual(one, str(uuid.UUID(one)))
