# SPDX-License-Identifier: Apache-2.0

"""Tests of what is seen in pins and bounds."""

import json
import pathlib
from unittest import mock

import fixtures

from glint.tests.unit.tools import base


class InterpretersTest(base.TestCase):
    """The index is asked by pip, which is not run here."""

    def _check(self, **item):
        metadata = {'name': 'soupsieve', 'version': '2.10'}
        metadata['requires_python'] = item.pop('requires_python', '>=3.9')
        report = json.dumps({'install': [{'metadata': metadata, **item}]})
        pins = self.module('workbench.packages.pins')
        command = self.module('cloudlab.command')
        with mock.patch.object(
            command, 'run', autospec=True, return_value=report
        ):
            return pins.check_interpreters()

    def _error(self, **item):
        error = self.module('cloudlab.exception').LabError
        return str(self.assertRaises(error, self._check, **item))

    def test_pin_for_all_is_counted(self):
        self.assertIn('1 pins fit Python 3.11.0, ', self._check())

    def test_pin_that_the_oldest_cannot_take_is_named(self):
        self.assertIn(
            'soupsieve==2.10 needs Python >=3.11.5, which Python 3.11.0 is',
            self._error(requires_python='>=3.11.5'),
        )

    def test_pin_that_one_series_cannot_take_is_named(self):
        self.assertIn(
            'which Python 3.12.0 is not',
            self._error(requires_python='!=3.12.0'),
        )

    def test_pin_that_was_withdrawn_is_named(self):
        self.assertIn('was withdrawn', self._error(is_yanked=True))


class BoundsTest(base.TestCase):
    def _check(self, text):
        folder = self.useFixture(fixtures.TempDir()).path
        path = pathlib.Path(folder) / 'upper-constraints.txt'
        path.write_text(text)
        self.useFixture(
            fixtures.EnvironmentVariable('TOX_CONSTRAINTS_FILE', str(path))
        )
        return self.module('workbench.packages.pins').check_bounds()

    def test_own_pins_are_within_the_bounds(self):
        path = base.ROOT / 'tools' / 'constraints.txt'
        self.assertIn('requirements fit', self._check(path.read_text()))

    def test_bound_above_the_constraints_is_named(self):
        error = self.module('cloudlab.exception').LabError
        found = self.assertRaises(
            error, self._check, '# Of long ago.\nhorizon===25.0.0\n'
        )
        self.assertIn(
            'glint-dashboard/requirements.txt asks for horizon>=',
            str(found),
        )

    def test_pin_of_another_interpreter_is_left_out(self):
        self.assertIn(
            '0 requirements fit',
            self._check("horizon===25.0.0;python_version=='3.6'\n"),
        )
