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

"""openstack image replication copy list, show"""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc import formats
from glintclient.osc.v1 import paging
from glintclient.osc.v1 import replication_view
from glintclient.osc.v1 import site_names

ImageCopy = replication_view.ImageCopy


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
        paging.add_options(parser)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        names = site_names.SiteNames(self.client)
        replication = self.client.find_replication(parsed_args.replication)
        columns = [
            'ID',
            'Target Site',
            'State',
            'Phase',
            'Progress',
            'Rate',
            'Time Left',
            'Error',
        ]
        if parsed_args.long:
            columns += [
                'Target Image ID',
                'Outcome',
                'Bytes Sent',
                'Bytes Total',
                'Notes',
                'Attempts',
                'Next Attempt At',
                'History',
                'Conductor',
                'Started At',
                'Finished At',
            ]
        found = self.client.copies(replication, **paging.query(parsed_args))
        if not parsed_args.long:
            return columns, (_row(copy, names) for copy in found)
        # Only a copy by itself has its history.
        full = (self.client.get_copy(copy) for copy in found)
        return columns, (_long_row(copy, names) for copy in full)


def _row(copy: ImageCopy, names: site_names.SiteNames) -> tuple[Any, ...]:
    done = formats.percent(copy.bytes_sent, copy.bytes_total)
    return (
        copy.id,
        names.name(copy.target_site_id),
        copy.state,
        formats.Text(copy.phase),
        formats.Percent(100 if copy.state == 'completed' else done),
        formats.Rate(copy.rate),
        formats.Duration(copy.eta),
        replication_view.Error(copy.error),
    )


def _long_row(copy: ImageCopy, names: site_names.SiteNames) -> tuple[Any, ...]:
    return (
        *_row(copy, names),
        formats.Text(copy.target_image_id),
        formats.Text(copy.outcome),
        formats.Size(copy.bytes_sent),
        formats.Size(copy.bytes_total),
        formats.Lines(copy.notes or []),
        copy.attempts,
        formats.Text(copy.next_attempt_at),
        replication_view.History(copy.history or []),
        formats.Text(copy.conductor),
        formats.Text(copy.started_at),
        formats.Text(copy.finished_at),
    )


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
        names = site_names.SiteNames(self.client)
        replication = self.client.find_replication(parsed_args.replication)
        copy = self.client.find_copy(parsed_args.copy, replication)
        return self.dict2columns(replication_view.copy_detail(copy, names))
