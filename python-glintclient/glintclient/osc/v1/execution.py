# SPDX-License-Identifier: Apache-2.0

"""openstack image replication rule execution list, show, approve, cancel"""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc import formats
from glintclient.osc.v1 import execution_view as _view
from glintclient.osc.v1 import listing
from glintclient.osc.v1 import replication_view
from glintclient.osc.v1 import rule
from glintclient.osc.v1 import rule_view
from glintclient.osc.v1 import site_names

_STATES = (
    'queued',
    'running',
    'copying',
    'needs_approval',
    'completed',
    'partial',
    'error',
    'cancelled',
)
_SORT_KEYS = ('state', 'created_at', 'started_at', 'finished_at')
_COLUMNS: listing.Columns = (
    ('ID', lambda item: item.id),
    ('State', lambda item: item.state),
    ('Trigger', lambda item: item.trigger),
    ('Dry Run', lambda item: item.dry_run),
    ('Items', lambda item: rule_view.Counts(item.counts)),
    ('Bytes', lambda item: formats.Size(item.bytes)),
    ('Created At', lambda item: formats.Time(item.created_at)),
    ('Finished At', lambda item: formats.Time(item.finished_at)),
)
_MORE: listing.Columns = (
    ('Complete', lambda item: formats.Text(item.complete)),
    ('Warnings', lambda item: formats.Lines(item.warnings or [])),
    ('Error', lambda item: replication_view.Error(item.error)),
    ('Generation', lambda item: item.generation),
    ('Started At', lambda item: formats.Time(item.started_at)),
)


class ListExecution(command.Lister):
    _description = _('List the executions of a rule')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        rule.add_rule(parser)
        parser.add_argument(
            '--state',
            metavar='<state>',
            choices=_STATES,
            help=_('Only those in this state: %s') % ', '.join(_STATES),
        )
        listing.add_options(parser, _SORT_KEYS)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        found = self.client.find_rule(parsed_args.rule)
        query = listing.query(parsed_args)
        if parsed_args.state:
            query['state'] = parsed_args.state
        executions = self.client.executions(found, **query)
        return listing.table(parsed_args, executions, _COLUMNS, _MORE)


def _add_execution(parser: argparse.ArgumentParser) -> None:
    rule.add_rule(parser)
    parser.add_argument(
        'execution', metavar='<execution>', help=_('Execution (ID)')
    )


class ShowExecution(command.ShowOne):
    _description = _('Show an execution of a rule, and what it does')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        _add_execution(parser)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        of = self.client.find_rule(parsed_args.rule)
        found = self.client.get_execution(parsed_args.execution, of)
        items = list(self.client.execution_items(found))
        names = site_names.SiteNames(self.client)
        return self.dict2columns(_view.detail(found, items, names))


class ApproveExecution(command.Command):
    _description = _(
        'Let an execution take away more images than its rule allows: those '
        'that "rule execution show" lists as unapproved, if they still have '
        'to go'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        _add_execution(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        of = self.client.find_rule(parsed_args.rule)
        self.client.approve_execution(parsed_args.execution, of)


class CancelExecution(command.Command):
    _description = _('Stop an execution; what it did stays')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        _add_execution(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        of = self.client.find_rule(parsed_args.rule)
        self.client.cancel_execution(parsed_args.execution, of)
