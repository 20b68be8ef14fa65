# SPDX-License-Identifier: Apache-2.0

"""What the openstack command loads at its start."""

import argparse
import importlib
from importlib import metadata
import pathlib
import subprocess
import sys
import tomllib

from oslotest import base

from glintclient.osc import plugin
from glintclient.v1 import rule
from glintclient.v1 import site

_ROOT = pathlib.Path(__file__).parents[4]


class TestPlugin(base.BaseTestCase):
    def test_it_imports_nothing_that_takes_time(self) -> None:
        code = (
            'import osc_lib.utils, sys; before = set(sys.modules); '
            'import glintclient.osc.plugin; '
            'print(*sorted(set(sys.modules) - before))'
        )
        done = subprocess.run(
            [sys.executable, '-c', code],
            check=True,
            capture_output=True,
            text=True,
        )
        self.assertEqual(
            [
                'glintclient',
                'glintclient.i18n',
                'glintclient.osc',
                'glintclient.osc.plugin',
            ],
            done.stdout.split(),
        )

    def test_option_of_the_version(self) -> None:
        parser = plugin.build_option_parser(argparse.ArgumentParser())
        found = parser.parse_args(
            ['--os-image-replication-api-version', '1.0']
        )
        self.assertEqual('1.0', getattr(found, plugin.API_VERSION_OPTION))

    def test_versions_that_calls_ask_for_can_be_chosen(self) -> None:
        for kind in (rule.Rule, site.Site):
            self.assertIn(kind._max_microversion, plugin.API_VERSIONS)

    def test_every_command_is_there(self) -> None:
        project = tomllib.loads((_ROOT / 'pyproject.toml').read_text())
        groups = project['project']['entry-points']
        commands = groups['openstack.image_replication.v1']
        self.assertEqual(35, len(commands))
        for name, place in commands.items():
            module, _, kind = place.partition(':')
            found = getattr(importlib.import_module(module), kind)
            self.assertTrue(found.__doc__ or found._description, name)

    def test_requirements_name_no_library_of_a_server(self) -> None:
        wanted = metadata.requires('python-glintclient') or []
        names = {item.split('>')[0].split(';')[0].strip() for item in wanted}
        self.assertEqual(
            {
                'cliff',
                'keystoneauth1',
                'openstacksdk',
                'osc-lib',
                'oslo.i18n',
                'python-openstackclient',
                'PyYAML',
            },
            names,
        )
