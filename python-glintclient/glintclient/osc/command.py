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

"""What all commands have in common: how they tell of errors."""

import argparse
from typing import Any

from osc_lib import exceptions
from osc_lib.command import command

from glintclient.osc import errors


class Command(command.Command):
    """A command that says what is wrong in words for people.

    :ivar exit_code: for a command that has something to show, and yet did
        not do what it was asked for.
    """

    exit_code = 0

    @property
    def client(self) -> Any:
        """The proxy of the image replication service."""
        manager: Any = self.app.client_manager
        return manager.image_replication

    def run(self, parsed_args: argparse.Namespace) -> int:
        try:
            return super().run(parsed_args) or self.exit_code
        except Exception as e:
            words = errors.explain(e, self.app.client_manager)
            if words is None:
                raise
            raise exceptions.CommandError(words) from e


class Lister(Command, command.Lister):
    """A command that shows a list."""


class ShowOne(Command, command.ShowOne):
    """A command that shows one thing."""
