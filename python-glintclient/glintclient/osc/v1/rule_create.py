# SPDX-License-Identifier: Apache-2.0

"""openstack image replication rule create"""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from osc_lib import exceptions

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc.v1 import replicate_sites
from glintclient.osc.v1 import rule_file
from glintclient.osc.v1 import rule_options
from glintclient.osc.v1 import rule_view
from glintclient.osc.v1 import site_names


class CreateRule(command.ShowOne):
    _description = _(
        'Make a rule, which keeps the same images at several sites. Select '
        'images by at least one of --name-glob, --tag, --property and '
        '--newest, or by a file.'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            'name',
            metavar='<name>',
            nargs='?',
            help=_('Name of the rule; a file may have it, too'),
        )
        replicate_sites.add_options(parser, required=False)
        rule_options.add_options(parser)
        parser.add_argument(
            '--disable',
            action='store_true',
            help=_('Do not execute it before it is enabled'),
        )
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        said = rule_file.Said()
        if parsed_args.file:
            said = rule_file.read(parsed_args.file)
        name = parsed_args.name or said.fields.get('name')
        if not name:
            raise exceptions.CommandError(_('Give the rule a name.'))
        names = site_names.SiteNames(self.client)
        places = self._places(parsed_args, said, names)
        fields = said.fields | rule_options.given(parsed_args, said.fields)
        fields |= {
            'name': name,
            'source_site_id': places.source.id,
            'target_site_ids': [item.id for item in places.targets],
        }
        if parsed_args.credentials:
            fields['credential_ids'] = places.credentials
        if parsed_args.disable:
            fields['enabled'] = False
        if not fields.get('select'):
            raise exceptions.CommandError(
                _(
                    'Say which images: --name-glob, --tag, --property or '
                    "--newest. For all of them: --name-glob '*'."
                )
            )
        try:
            made = self.client.create_rule(**fields)
        except Exception as e:
            places.explain(e)
            raise
        return self.dict2columns(rule_view.detail(made, names))

    def _places(
        self,
        parsed_args: argparse.Namespace,
        said: rule_file.Said,
        names: site_names.SiteNames,
    ) -> replicate_sites.Places:
        parsed_args.source = parsed_args.source or said.source
        parsed_args.targets = parsed_args.targets or said.targets
        if not (parsed_args.targets or parsed_args.to_all):
            raise exceptions.CommandError(
                _('Say which sites are to have the images: --to or --to-all.')
            )
        return replicate_sites.Places(self.client, names, parsed_args)
