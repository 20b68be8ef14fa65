# SPDX-License-Identifier: Apache-2.0

"""Tests of how the tools find out what is installed."""

import os
import pathlib
from unittest import mock

import fixtures

from glint.tests.unit.tools import base

#: Knows the packages that are files in a folder, and says nothing of others.
_DPKG_QUERY = """#!/bin/sh
shift 3
for name; do
    if [ -e {installed}/$name ]; then
        read status <{installed}/$name
        echo $name $status
    fi
done
exit 1
"""
#: Adds to them, or to none if one cannot be had.
_APT_GET = """#!/bin/sh
echo "$*" >>{log}
if /bin/rm {installed}/../busy 2>/dev/null; then
    echo "E: Could not get lock /var/lib/apt/lists/lock." >&2
    exit 100
fi
case "$*" in
    *broken*) exit 100 ;;
    *" update") exit 0 ;;
esac
for name; do
    case $name in
        -* | *=* | install) ;;
        *) echo installed >{installed}/$name ;;
    esac
done
"""


class PackagesTest(base.TestCase):
    """A machine whose dpkg and apt-get are scripts."""

    def setUp(self):
        super().setUp()
        self.packages = self.module('cloudlab.packages')
        self.folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.installed = self.folder / 'installed'
        self.installed.mkdir()
        self.log = self.folder / 'apt.log'
        self.said = []
        say = fixtures.MonkeyPatch('cloudlab.program.say', self.said.append)
        self.useFixture(say)
        patched = mock.patch.object(
            os, 'geteuid', autospec=True, return_value=0
        )
        self.user = patched.start()
        self.addCleanup(patched.stop)
        self._use_dpkg()

    def _use_dpkg(self):
        programs = self.folder / 'bin'
        programs.mkdir()
        for name, text in (('dpkg-query', _DPKG_QUERY), ('apt-get', _APT_GET)):
            path = programs / name
            path.write_text(
                text.format(installed=self.installed, log=self.log)
            )
            path.chmod(0o755)
        self._set_path(programs)

    def _set_path(self, folder):
        self.useFixture(fixtures.EnvironmentVariable('PATH', str(folder)))

    def _need(self, name, *names, find=lambda: True):
        return self.packages.Need(name, names or (name,), find)

    def _install(self, *needs):
        return self.packages.install(needs)

    def _installs(self):
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        wanted = '--no-install-recommends '
        return [line.partition(wanted)[2] for line in lines if wanted in line]

    def test_trace_of_another_package_does_not_count(self):
        # apache2-bin brings the program, and not what starts it.
        (self.installed / 'apache2-bin').write_text('installed\n')
        need = self._need('apache2', find=lambda: '/usr/sbin/apache2')

        self.assertEqual({}, self._install(need))
        self.assertEqual(['apache2'], self._installs())

    def test_removed_package_is_installed_again(self):
        (self.installed / 'apache2').write_text('config-files\n')

        self.assertEqual({}, self._install(self._need('apache2')))
        self.assertEqual(['apache2'], self._installs())

    def test_all_that_is_missing_is_installed_in_one_step(self):
        (self.installed / 'faketime').write_text('installed\n')
        needs = [
            self._need('oidc', 'apache2', 'openidc'),
            self._need('faketime'),
            self._need('apache', 'apache2'),
        ]

        self.assertEqual({}, self._install(*needs))
        self.assertEqual(['apache2 openidc'], self._installs())
        self.assertEqual(
            ['Installing the packages apache2, openidc.'], self.said
        )

    def test_another_program_that_uses_apt_is_waited_for(self):
        self.useFixture(fixtures.MonkeyPatch('cloudlab.packages._PAUSE', 0.01))
        (self.folder / 'busy').touch()
        self.assertEqual({}, self._install(self._need('apache2')))
        self.assertEqual(['apache2'], self._installs())

    def test_nothing_is_done_when_nothing_is_missing(self):
        (self.installed / 'apache2').write_text('installed\n')

        self.assertEqual({}, self._install(self._need('apache2')))
        self.assertFalse(self.log.exists())

    def test_one_that_cannot_be_had_keeps_no_other_away(self):
        found = self._install(self._need('apache2'), self._need('broken'))

        self.assertEqual(['broken'], list(found))
        self.assertIn('install the package broken, as root.', found['broken'])
        self.assertIn('apt-get exited with 100', found['broken'])
        self.assertTrue((self.installed / 'apache2').exists())

    def test_others_than_root_are_told_the_packages(self):
        self.user.return_value = 1000
        (self.installed / 'apache2').write_text('installed\n')
        need = self._need('oidc', 'apache2', 'openidc')

        error = self.assertRaises(
            self.module('cloudlab.exception').LabError,
            self.packages.require,
            [need],
        )
        self.assertEqual(
            'oidc is not installed: install the package openidc, as root.',
            str(error),
        )
        self.assertFalse(self.log.exists())

    def test_without_dpkg_what_packages_bring_is_looked_for(self):
        self._set_path(self.folder)
        there = self._need('apache2')
        absent = self._need('oidc', 'apache2', 'openidc', find=lambda: None)

        self.assertEqual(
            {
                'oidc': 'oidc is not installed: install what Debian has in '
                'the packages apache2, openidc, as root.'
            },
            self._install(there, absent),
        )


class NeedsTest(base.TestCase):
    def test_bindep_has_what_tests_need(self):
        known = self.module('workbench.needs')
        needs = (*known.INTEGRATION, *known.CLIENT)
        text = (base.ROOT / 'bindep.txt').read_text()
        listed = {line.split()[0] for line in text.splitlines() if line}

        self.assertEqual(
            set(), {name for n in needs for name in n.packages} - listed
        )
