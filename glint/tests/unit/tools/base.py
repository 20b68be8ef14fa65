# SPDX-License-Identifier: Apache-2.0

"""What tests of the tools have in common."""

import importlib
import pathlib
import sys
from types import ModuleType

import fixtures

from glint.tests import base

ROOT = pathlib.Path(__file__).parents[4]


class TestCase(base.TestCase):
    """Finds the modules of the tools, which belong to no package."""

    def setUp(self) -> None:
        super().setUp()
        path = [str(ROOT / 'tools'), *sys.path]
        self.useFixture(fixtures.MonkeyPatch('sys.path', path))

    def module(self, name: str) -> ModuleType:
        """Return a module of the tools."""
        return importlib.import_module(name)
