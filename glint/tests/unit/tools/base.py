# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

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
