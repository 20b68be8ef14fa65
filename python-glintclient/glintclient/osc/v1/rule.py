# SPDX-License-Identifier: Apache-2.0

"""openstack image replication rule list, show, delete and their like."""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc import formats
from glintclient.osc.v1 import each
from glintclient.osc.v1 import listing
from glintclient.osc.v1 import project
from glintclient.osc.v1 import rule_view as _view
from glintclient.osc.v1 import site_names

_SORT_KEYS = (
    'name',
    'enabled',
    'created_at',
    'updated_at',
    'next_execution_at',
)
_MORE: listing.Columns = (
    ('Trigger', lambda rule: _view.Trigger(rule.trigger)),
    ('Reason', lambda rule: formats.Text(rule.state_detail)),
    ('User ID', lambda rule: rule.user_id),
    ('Project ID', lambda rule: rule.project_id),
    ('Created At', lambda rule: formats.Time(rule.created_at)),
    ('Updated At', lambda rule: formats.Time(rule.updated_at)),
)


def add_rule(parser: argparse.ArgumentParser) -> None:
    """Add the argument of a command about one rule."""
    parser.add_argument('rule', metavar='<rule>', help=_('Rule (name or ID)'))


class ListRule(command.Lister):
    _description = _('List the rules of the project')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        project.add_options(parser)
        listing.add_options(parser, _SORT_KEYS)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        query = listing.query(parsed_args)
        wide = project.query(parsed_args, self.app.client_manager)
        of_sites = {k: v for k, v in wide.items() if k == 'all_projects'}
        names = site_names.SiteNames(self.client, **of_sites)
        columns: listing.Columns = (
            ('ID', lambda rule: rule.id),
            ('Name', lambda rule: rule.name),
            ('Source Site', lambda rule: names.name(rule.source_site_id)),
            (
                'Target Sites',
                lambda rule: formats.List(
                    [names.name(item) for item in rule.target_site_ids]
                ),
            ),
            ('State', lambda rule: rule.state),
            ('Replicas', lambda rule: _view.Counts(rule.replicas_summary)),
            ('Next', lambda rule: formats.Time(rule.next_execution_at)),
            ('Last', lambda rule: _view.Last(rule.last_execution)),
        )
        found = self.client.rules(**query, **wide)
        return listing.table(parsed_args, found, columns, _MORE)


class ShowRule(command.ShowOne):
    _description = _(
        'Show a rule; of what "-f yaml" writes, "rule create --file" makes '
        'it again'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        add_rule(parser)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        found = self.client.find_rule(parsed_args.rule)
        names = site_names.SiteNames(self.client)
        return self.dict2columns(_view.detail(found, names))


class _Act(command.Command):
    """Does the same to several rules."""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            'rules',
            metavar='<rule>',
            nargs='+',
            help=_('Rule(s) (name or ID)'),
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        def act(name: str) -> None:
            self.act(self.client.find_rule(name).id)

        each.each(parsed_args.rules, act, self.log)

    def act(self, rule_id: str) -> None:
        """Do it to one rule."""
        raise NotImplementedError


class DeleteRule(_Act):
    _description = _('Delete rules; the images that they kept stay')

    def act(self, rule_id: str) -> None:
        self.client.delete_rule(rule_id, ignore_missing=False)


class EnableRule(_Act):
    _description = _('Have rules executed again')

    def act(self, rule_id: str) -> None:
        self.client.update_rule(rule_id, enabled=True)


class DisableRule(_Act):
    _description = _('Have rules executed no more; the images stay')

    def act(self, rule_id: str) -> None:
        self.client.update_rule(rule_id, enabled=False)


class TakeOverRule(_Act):
    _description = _(
        'Become the user of rules: they work with your credentials from then '
        'on'
    )

    def act(self, rule_id: str) -> None:
        self.client.take_over_rule(rule_id)
