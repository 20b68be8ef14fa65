# SPDX-License-Identifier: Apache-2.0

"""openstack image replication rule set"""

import argparse
from typing import Any

from osc_lib import exceptions

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc.v1 import replicate_sites
from glintclient.osc.v1 import rule
from glintclient.osc.v1 import rule_file
from glintclient.osc.v1 import rule_options
from glintclient.osc.v1 import rule_view
from glintclient.osc.v1 import site_names


class SetRule(command.Command):
    _description = _(
        'Change a rule. An option replaces what the rule says of the same, '
        'and a file each field that it has. The source stays.'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        rule.add_rule(parser)
        parser.add_argument(
            '--name', metavar='<name>', help=_('Another name for it')
        )
        replicate_sites.add_targets(parser)
        rule_options.add_options(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        said = rule_file.Said()
        if parsed_args.file:
            said = rule_file.read(parsed_args.file)
        found = self.client.find_rule(parsed_args.rule)
        known = {key: getattr(found, key) for key in rule_view.SAID}
        fields = said.fields | rule_options.given(
            parsed_args, known | said.fields
        )
        if parsed_args.name:
            fields['name'] = parsed_args.name
        fields |= self._sites(parsed_args, said, found)
        if not fields:
            raise exceptions.CommandError(_('Say what to change.'))
        # What it says was read before: another change must not get lost.
        self.client.update_rule(
            found.id, if_match=str(found.generation), **fields
        )

    def _sites(
        self,
        parsed_args: argparse.Namespace,
        said: rule_file.Said,
        found: rule_view.Rule,
    ) -> dict[str, Any]:
        """Return the sites and credentials that change."""
        targets = parsed_args.targets or said.targets
        if not (
            targets
            or parsed_args.to_all
            or parsed_args.credentials
            or said.source
        ):
            return {}
        parsed_args.source = said.source or found.source_site_id
        parsed_args.targets = targets or found.target_site_ids
        names = site_names.SiteNames(self.client)
        places = replicate_sites.Places(self.client, names, parsed_args)
        fields: dict[str, Any] = {
            'target_site_ids': [item.id for item in places.targets]
        }
        if said.source:
            fields['source_site_id'] = places.source.id
        if parsed_args.credentials:
            fields['credential_ids'] = places.credentials
        return fields
