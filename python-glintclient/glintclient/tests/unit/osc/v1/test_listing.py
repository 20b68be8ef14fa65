# SPDX-License-Identifier: Apache-2.0

"""What all lists have in common."""

import argparse
import contextlib
import io
import types
from typing import Any

import ddt
from openstack import exceptions as sdk
from osc_lib import exceptions

from glintclient.osc.v1 import credential
from glintclient.osc.v1 import project
from glintclient.osc.v1 import site
from glintclient.tests.unit import base as unit
from glintclient.tests.unit.osc import base


@ddt.ddt
class TestSort(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.server.get(
            f'{unit.V1}/sites', json=unit.sample('site-index-response')
        )

    @ddt.data(
        ('name', 'name', 'asc'),
        ('created_at:desc', 'created_at', 'desc'),
        ('enabled:asc', 'enabled', 'asc'),
    )
    @ddt.unpack
    def test_key_and_direction_are_sent(
        self, order: str, key: str, direction: str
    ) -> None:
        self.json(site.ListSite, '--sort', order)
        self.assertEqual(
            {'sort_key': [key], 'sort_dir': [direction]}, self.last_query()
        )

    @ddt.data(
        ('name:asc,enabled:desc', 'The service sorts by one key: give one of'),
        ('nosuch', 'This list is sorted by name, region_name, '),
        ('name:up', 'The direction is asc or desc.'),
        ('name:', 'The direction is asc or desc.'),
    )
    @ddt.unpack
    def test_what_cannot_be_is_refused(self, order: str, words: str) -> None:
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            self.assertRaises(
                SystemExit, self.run_command, site.ListSite, '--sort', order
            )
        self.assertIn(words, ' '.join(said.getvalue().split()))


class _Identity:
    """Knows two projects of one name, and tells no stranger of them."""

    def __init__(self, is_admin: bool) -> None:
        self._is_admin = is_admin

    def find_domain(self, name: str, ignore_missing: bool) -> Any:
        return types.SimpleNamespace(id=f'the-{name}')

    def find_project(
        self, name: str, ignore_missing: bool, domain_id: str | None = None
    ) -> Any:
        if not self._is_admin:
            raise sdk.ForbiddenException
        if name != 'science':
            raise sdk.NotFoundException(f'No Project found for {name}')
        if domain_id is None:
            raise sdk.DuplicateResource('More than one Project exists')
        return types.SimpleNamespace(id=f'science-of-{domain_id}')


class TestProject(base.TestCase):
    def _query(self, *arguments: str, is_admin: bool = True) -> Any:
        parser = argparse.ArgumentParser()
        project.add_options(parser)
        manager = types.SimpleNamespace(
            sdk_connection=types.SimpleNamespace(
                identity=_Identity(is_admin), current_project_id='mine'
            )
        )
        return project.query(parser.parse_args(arguments), manager)

    def test_all_projects_are_asked_for_one_of_them(self) -> None:
        self.assertEqual({}, self._query())
        self.assertEqual({'all_projects': True}, self._query('--all-projects'))
        self.assertEqual(
            {'all_projects': True, 'project_id': 'science-of-the-x'},
            self._query('--project', 'science', '--project-domain', 'x'),
        )

    def test_project_that_is_not_the_only_one_is_refused(self) -> None:
        for name, words in (
            ('science', 'More than one Project exists'),
            ('nothing', 'No Project found for nothing'),
        ):
            error = self.assertRaises(
                exceptions.CommandError, self._query, '--project', name
            )
            self.assertIn(words, str(error))

    def test_id_will_do_for_who_may_not_look(self) -> None:
        for project_id, query in (
            ('other', {'all_projects': True, 'project_id': 'other'}),
            ('mine', {'project_id': 'mine'}),
        ):
            self.assertEqual(
                query, self._query('--project', project_id, is_admin=False)
            )

    def test_lists_are_asked_for_the_project(self) -> None:
        self.server.get(
            f'{unit.V1}/sites', json=unit.sample('site-index-response')
        )
        self.json(site.ListSite, '--all-projects')
        self.assertEqual(['true'], self.last_query()['all_projects'])


class TestTimes(base.TestCase):
    def test_table_has_seconds_and_json_has_all(self) -> None:
        self.server.get(
            f'{unit.V1}/sites', json=unit.sample('site-index-response')
        )
        shown = unit.sample('credential-show-response')
        self.server.get(f'{unit.V1}/credentials/{shown["id"]}', json=shown)
        found = (credential.ShowCredential, shown['id'])
        _code, table = self.run_command(*found)
        self.assertIn('| 2026-10-07T09:30:43Z ', table)
        self.assertNotIn('.955525', table)
        self.assertEqual(shown['checked_at'], self.json(*found)['checked_at'])
