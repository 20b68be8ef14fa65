# SPDX-License-Identifier: Apache-2.0

"""openstack image replication rule replica list"""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc import formats
from glintclient.osc.v1 import changes
from glintclient.osc.v1 import listing
from glintclient.osc.v1 import replication_view
from glintclient.osc.v1 import rule
from glintclient.osc.v1 import site_names

_STATES = (
    'pending',
    'copying',
    'in_sync',
    'drifted',
    'missing',
    'retiring',
    'retired',
    'declined',
    'conflict',
    'failed',
)
_SORT_KEYS = ('name', 'state', 'created_at', 'updated_at')
_MORE: listing.Columns = (
    ('Source Image ID', lambda item: item.source_image_id),
    ('Adopted', lambda item: item.adopted),
    ('Replication ID', lambda item: formats.Text(item.replication_id)),
    ('Next Try At', lambda item: formats.Time(item.next_try_at)),
    ('Verified At', lambda item: formats.Time(item.verified_at)),
    ('Created At', lambda item: formats.Time(item.created_at)),
    ('Updated At', lambda item: formats.Time(item.updated_at)),
)


class ListReplica(command.Lister):
    _description = _('List the images that a rule keeps at its targets')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        rule.add_rule(parser)
        parser.add_argument(
            '--state',
            metavar='<state>',
            choices=_STATES,
            help=_('Only those in this state: %s') % ', '.join(_STATES),
        )
        parser.add_argument(
            '--site',
            metavar='<site>',
            help=_('Only those at this site (name or ID)'),
        )
        listing.add_options(parser, _SORT_KEYS)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        found = self.client.find_rule(parsed_args.rule)
        names = site_names.SiteNames(self.client)
        query = listing.query(parsed_args)
        if parsed_args.state:
            query['state'] = parsed_args.state
        if parsed_args.site:
            query['target_site_id'] = names.find(parsed_args.site).id
        columns: listing.Columns = (
            ('Image Name', lambda item: formats.Text(item.name)),
            ('Target Site', lambda item: names.name(item.target_site_id)),
            (
                'Target Image ID',
                lambda item: formats.Text(item.target_image_id),
            ),
            ('State', lambda item: item.state),
            ('Drift', lambda item: changes.Changes(item.drift)),
            ('Error', lambda item: replication_view.Error(item.error)),
        )
        replicas = self.client.replicas(found, **query)
        return listing.table(parsed_args, replicas, columns, _MORE)
