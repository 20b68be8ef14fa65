# SPDX-License-Identifier: Apache-2.0

"""openstack image replication set"""

import argparse

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc.v1 import each


class SetReplication(command.Command):
    _description = _(
        'Let replications go before, or after, those of others: what runs '
        'goes on, and limits hold (admin only)'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            'replications',
            metavar='<replication>',
            nargs='+',
            help=_('Replication(s) (ID, client token or image name)'),
        )
        parser.add_argument(
            '--priority',
            metavar='<priority>',
            choices=['high', 'normal', 'low'],
            required=True,
            help=_(
                'high: before all others; normal; low: when nothing else can '
                'run'
            ),
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        def prioritize(name: str) -> None:
            found = self.client.find_replication(name, ignore_missing=False)
            self.client.update_replication(
                found.id, priority=parsed_args.priority
            )

        each.each(parsed_args.replications, prioritize, self.log)
