# SPDX-License-Identifier: Apache-2.0

"""openstack image replication copy list, show"""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc import formats
from glintclient.osc.v1 import listing
from glintclient.osc.v1 import replication_view

ImageCopy = replication_view.ImageCopy

_SORT_KEYS = ('state', 'created_at', 'updated_at', 'started_at', 'finished_at')
_MORE: listing.Columns = (
    ('Target Image ID', lambda copy: formats.Text(copy.target_image_id)),
    ('Outcome', lambda copy: formats.Text(copy.outcome)),
    ('Bytes Sent', lambda copy: formats.Size(copy.bytes_sent)),
    ('Bytes Total', lambda copy: formats.Size(copy.bytes_total)),
    ('Waits For', lambda copy: replication_view.Waits(copy.waits_for or [])),
    ('Notes', lambda copy: formats.Lines(copy.notes or [])),
    ('Attempts', lambda copy: copy.attempts),
    ('Next Attempt At', lambda copy: formats.Time(copy.next_attempt_at)),
    ('History', lambda copy: replication_view.History(copy.history or [])),
    ('Conductor', lambda copy: formats.Text(copy.conductor)),
    ('Started At', lambda copy: formats.Time(copy.started_at)),
    ('Finished At', lambda copy: formats.Time(copy.finished_at)),
)


def _add_replication(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        'replication',
        metavar='<replication>',
        help=_('Replication (ID, client token or image name)'),
    )


class ListCopy(command.Lister):
    _description = _('List the copies of a replication')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        _add_replication(parser)
        listing.add_options(parser, _SORT_KEYS)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        replication = self.client.find_replication(
            parsed_args.replication, ignore_missing=False
        )
        columns: listing.Columns = (
            ('ID', lambda copy: copy.id),
            ('Target Site', lambda copy: copy.target_site_name),
            ('State', lambda copy: copy.state),
            ('Phase', lambda copy: formats.Text(copy.phase)),
            ('Progress', lambda copy: formats.Percent(_percent(copy))),
            ('Rate', lambda copy: formats.Rate(copy.rate)),
            ('Time Left', lambda copy: formats.Duration(copy.eta)),
            ('Error', lambda copy: replication_view.Error(copy.error)),
        )
        found = self.client.copies(replication, **listing.query(parsed_args))
        if parsed_args.long:
            # Only a copy by itself has its history.
            found = (self.client.get_copy(copy) for copy in found)
        return listing.table(parsed_args, found, columns, _MORE)


def _percent(copy: ImageCopy) -> int | None:
    if copy.state == 'completed':
        return 100
    return formats.percent(copy.bytes_sent, copy.bytes_total)


class ShowCopy(command.ShowOne):
    _description = _('Show a copy and all attempts to make it')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        _add_replication(parser)
        parser.add_argument(
            'copy',
            metavar='<copy>',
            help=_('Copy (ID, or name or ID of the site that it is to)'),
        )
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        replication = self.client.find_replication(
            parsed_args.replication, ignore_missing=False
        )
        copy = self.client.find_copy(parsed_args.copy, replication)
        return self.dict2columns(replication_view.copy_detail(copy))
