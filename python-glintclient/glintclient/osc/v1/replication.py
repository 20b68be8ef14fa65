# SPDX-License-Identifier: Apache-2.0

"""openstack image replication list, show, cancel, retry, delete"""

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
from glintclient.osc.v1 import replication_view as _view
from glintclient.osc.v1 import site_names
from glintclient.osc.v1 import user
from glintclient.osc.v1 import waiting

_STATES = (
    'queued',
    'copying',
    'cancelling',
    'completed',
    'error',
    'cancelled',
)

_SORT_KEYS = (
    'image_name',
    'state',
    'size',
    'created_at',
    'updated_at',
    'started_at',
    'finished_at',
)
#: What a table of 80 columns has no room for.
_NOT_IN_TABLE = ('Source Site', 'Copies', 'Created At')
_MORE: listing.Columns = (
    ('Image ID', lambda item: item.image_id),
    ('Size', lambda item: formats.Size(item.size)),
    ('Options', lambda item: _view.Options(item.options)),
    ('Client Token', lambda item: formats.Text(item.client_token)),
    ('User ID', lambda item: item.user_id),
    ('Started At', lambda item: formats.Time(item.started_at)),
    ('Finished At', lambda item: formats.Time(item.finished_at)),
)


def _add_replications(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        'replications',
        metavar='<replication>',
        nargs='+',
        help=_('Replication(s) (ID, client token or image name)'),
    )


class ListReplication(command.Lister):
    _description = _(
        'List the replications of the project. A table leaves out the source '
        'site, the copies, and when it was asked for, unless --long or -c has '
        'them shown'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            '--image',
            metavar='<image>',
            help=_('Only those of this image (name at its source, or ID)'),
        )
        parser.add_argument(
            '--from',
            metavar='<site>',
            dest='source',
            help=_('Only those from this site (name or ID)'),
        )
        parser.add_argument(
            '--to',
            metavar='<site>',
            dest='target',
            help=_('Only those to this site (name or ID)'),
        )
        parser.add_argument(
            '--user',
            metavar='<user>',
            help=_('Only those that this user asked for (name or ID)'),
        )
        parser.add_argument(
            '--state',
            metavar='<state>',
            choices=_STATES,
            help=_('Only those in this state: %s') % ', '.join(_STATES),
        )
        project.add_options(parser)
        listing.add_options(parser, _SORT_KEYS)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        query = listing.query(parsed_args)
        if parsed_args.image:
            # Which of both it is, only its form tells.
            by_id = listing.is_id(parsed_args.image)
            query['image_id' if by_id else 'image_name'] = parsed_args.image
        if parsed_args.user:
            query['user_id'] = user.find(
                self.app.client_manager, parsed_args.user
            )
        if parsed_args.state:
            query['state'] = parsed_args.state
        query |= project.query(parsed_args, self.app.client_manager)
        query |= self._sites(parsed_args, 'all_projects' in query)
        columns: listing.Columns = (
            ('ID', lambda item: item.id),
            ('Image Name', lambda item: formats.Text(item.image_name)),
            ('Source Site', lambda item: item.source_site_name),
            (
                'Target Sites',
                lambda item: formats.List(item.target_site_names),
            ),
            ('State', lambda item: item.state),
            ('Progress', lambda item: formats.Percent(item.progress)),
            ('Copies', lambda item: _view.Summary(item.copies_summary)),
            ('Created At', lambda item: formats.Time(item.created_at)),
            ('Waits For', lambda item: _view.Waits(item.waits_for or [])),
        )
        if parsed_args.long or 'all_projects' in query:
            columns = (*columns, ('Project ID', lambda item: item.project_id))
        if parsed_args.formatter == 'table' and not (
            parsed_args.long or parsed_args.columns
        ):
            columns = [i for i in columns if i[0] not in _NOT_IN_TABLE]
        found = self.client.replications(**query)
        return listing.table(parsed_args, found, columns, _MORE)

    def _sites(
        self, parsed_args: argparse.Namespace, all_projects: bool
    ) -> dict[str, str]:
        """Make the filters by the sites that are named."""
        wanted = {
            'source_site_id': parsed_args.source,
            'target_site_id': parsed_args.target,
        }
        if not any(wanted.values()):
            return {}
        query = {'all_projects': True} if all_projects else {}
        names = site_names.SiteNames(self.client, **query)
        return {
            key: names.find(name).id for key, name in wanted.items() if name
        }


class ShowReplication(command.ShowOne):
    _description = _('Show a replication and its copies')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            'replication',
            metavar='<replication>',
            help=_('Replication (ID, client token or image name)'),
        )
        parser.add_argument(
            '--wait',
            action='store_true',
            help=_(
                'Show how far the copies are and wait for their end; the '
                'exit code is 1 unless all are completed'
            ),
        )
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        found = self.client.find_replication(
            parsed_args.replication, ignore_missing=False
        )
        if parsed_args.wait:
            names = site_names.SiteNames(self.client)
            found = waiting.wait(self.client, found.id, names)
            if found.state != 'completed':
                self.exit_code = 1
        elif found.copies is None:
            found = self.client.get_replication(found)
        return self.dict2columns(_view.detail(found))


class _Act(command.Command):
    """Does the same to a replication or to one copy of it."""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        _add_replications(parser)
        parser.add_argument(
            '--to',
            metavar='<site>',
            dest='target',
            help=_('Only the copy to this site (name or ID)'),
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        def act(name: str) -> None:
            found = self.client.find_replication(name, ignore_missing=False)
            if parsed_args.target:
                self.act_on_copy(
                    self.client.find_copy(parsed_args.target, found)
                )
            else:
                self.act(found)

        each.each(parsed_args.replications, act, self.log)

    def act(self, found: _view.Replication) -> None:
        """Do it to a replication."""
        raise NotImplementedError

    def act_on_copy(self, found: _view.ImageCopy) -> None:
        """Do it to a copy."""
        raise NotImplementedError


class CancelReplication(_Act):
    _description = _(
        'Stop the copies of a replication that are queued or running; '
        'nothing of them stays at their sites'
    )

    def act(self, found: _view.Replication) -> None:
        self.client.cancel_replication(found)

    def act_on_copy(self, found: _view.ImageCopy) -> None:
        self.client.cancel_copy(found)


class RetryReplication(_Act):
    _description = _(
        'Queue the copies of a replication again that failed or were '
        'cancelled; a site that copies wait for is asked at once'
    )

    def act(self, found: _view.Replication) -> None:
        self.client.retry_replication(found)

    def act_on_copy(self, found: _view.ImageCopy) -> None:
        self.client.retry_copy(found)


class DeleteReplication(command.Command):
    _description = _(
        'Delete replications that have ended; the copied images stay'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        _add_replications(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        def delete(name: str) -> None:
            found = self.client.find_replication(name, ignore_missing=False)
            self.client.delete_replication(found, ignore_missing=False)

        each.each(parsed_args.replications, delete, self.log)
