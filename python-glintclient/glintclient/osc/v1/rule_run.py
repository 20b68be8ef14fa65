# SPDX-License-Identifier: Apache-2.0

"""openstack image replication rule run"""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
import sys
from typing import Any

from osc_lib import exceptions

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc import formats
from glintclient.osc import printable
from glintclient.osc.v1 import execution_view
from glintclient.osc.v1 import rule
from glintclient.osc.v1 import rule_view
from glintclient.osc.v1 import site_names
from glintclient.osc.v1 import waiting
from glintclient.v1 import execution_item as _execution_item

Execution = execution_view.Execution


class RunRule(command.ShowOneOrList):
    _description = _(
        'Execute a rule now. The command comes back at once unless it is to '
        'wait. Where the rule is being executed already, that execution is '
        'shown, and one more follows it.'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        rule.add_rule(parser)
        parser.add_argument(
            '--dry-run',
            action='store_true',
            help=_(
                'Only tell what would be done with each image at each site, '
                'and how many bytes would be copied; the exit code is 1 if '
                'something is blocked or in conflict'
            ),
        )
        parser.add_argument(
            '--wait',
            action='store_true',
            help=_(
                'Wait for the end of the execution; the exit code is 1 unless '
                'it is completed'
            ),
        )
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        self.is_list = parsed_args.dry_run
        self.check_format()
        found = self.client.find_rule(parsed_args.rule)
        execution = self.client.execute_rule(
            found, dry_run=parsed_args.dry_run
        )
        if parsed_args.dry_run or parsed_args.wait:
            execution = waiting.wait_for_execution(self.client, execution)
        names = site_names.SiteNames(self.client)
        if parsed_args.dry_run:
            return self._plan(execution, names)
        if parsed_args.wait and execution.state != 'completed':
            self.exit_code = 1
        items = list(self.client.execution_items(execution))
        return self.dict2columns(
            execution_view.detail(execution, items, names)
        )

    def _plan(
        self, execution: Execution, names: site_names.SiteNames
    ) -> tuple[Sequence[str], Iterable[Any]]:
        if execution.state == 'error':
            reason = (execution.error or {}).get('detail')
            raise exceptions.CommandError(reason or _('The dry run failed.'))
        items = [
            item
            for item in self.client.execution_items(execution)
            if execution_view.tells(item)
        ]
        if execution.state != 'completed' or any(
            item.action in _execution_item.BAD for item in items
        ):
            self.exit_code = 1
        for line in [*(execution.warnings or []), _summary(execution, items)]:
            print(printable.line(line), file=sys.stderr)
        return execution_view.plan(items, names)


def _summary(execution: Execution, items: Sequence[Any]) -> str:
    if not items:
        return _('There is nothing to do.')
    counts: dict[str, int] = {}
    for item in items:
        counts[item.action] = counts.get(item.action, 0) + 1
    return _('%(what)s; %(size)s to copy.') % {
        'what': rule_view.Counts(counts).human_readable(),
        'size': formats.size(execution.bytes),
    }
