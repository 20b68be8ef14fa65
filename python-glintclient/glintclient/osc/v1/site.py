# SPDX-License-Identifier: Apache-2.0

"""openstack image replication site create, list, show, set, delete"""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from osc_lib import exceptions
from osc_lib.cli import format_columns

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc import formats
from glintclient.osc.v1 import cloud
from glintclient.osc.v1 import each
from glintclient.osc.v1 import listing
from glintclient.osc.v1 import project
from glintclient.v1 import site as _site

_INTERFACES = ['public', 'internal', 'admin']


class Health(format_columns.DictColumn):
    """What the last contact with a site said: one line in a table."""

    def human_readable(self) -> str:
        found = self._value or {}
        words = [found.get('state'), found.get('detail')]
        return ': '.join(word for word in words if word)


_SORT_KEYS = (
    'name',
    'region_name',
    'enabled',
    'shared',
    'created_at',
    'updated_at',
)
_COLUMNS: listing.Columns = (
    ('ID', lambda site: site.id),
    ('Name', lambda site: site.name),
    ('Auth URL', lambda site: site.auth_url),
    ('Region', lambda site: formats.Text(site.region_name)),
    ('Home', lambda site: site.home),
    ('Enabled', lambda site: site.enabled),
    ('Health', lambda site: Health(site.health)),
)
_MORE: listing.Columns = (
    ('Description', lambda site: formats.Block(site.description)),
    ('Interface', lambda site: site.interface),
    ('Shared', lambda site: site.shared),
    ('Project ID', lambda site: formats.Text(site.project_id)),
    ('Created At', lambda site: formats.Time(site.created_at)),
    ('Updated At', lambda site: formats.Time(site.updated_at)),
)


def _detail(site: _site.Site) -> dict[str, Any]:
    return {
        'id': site.id,
        'name': site.name,
        'description': formats.Block(site.description),
        'auth_url': site.auth_url,
        'region_name': site.region_name,
        'interface': site.interface,
        'ca_cert': formats.Block(site.ca_cert),
        'enabled': site.enabled,
        'home': site.home,
        'shared': site.shared,
        'health': Health(site.health),
        'project_id': site.project_id,
        'created_at': formats.Time(site.created_at),
        'updated_at': formats.Time(site.updated_at),
    }


def _add_fields(parser: argparse.ArgumentParser) -> None:
    """Add the options that create and set have in common."""
    parser.add_argument(
        '--auth-url', metavar='<url>', help=_('Address of its Keystone')
    )
    parser.add_argument(
        '--region-name', metavar='<region>', help=_('Region of its Glance')
    )
    parser.add_argument(
        '--interface',
        metavar='<interface>',
        choices=_INTERFACES,
        help=_('Endpoint to use: public, internal or admin'),
    )
    parser.add_argument(
        '--ca-cert',
        metavar='<file>',
        help=_('File with the certificates that sign its own, in PEM'),
    )
    parser.add_argument(
        '--description', metavar='<text>', help=_('Text for people')
    )
    enabled = parser.add_mutually_exclusive_group()
    enabled.add_argument(
        '--enable',
        action='store_true',
        default=None,
        dest='enabled',
        help=_('Allow copies from and to it'),
    )
    enabled.add_argument(
        '--disable',
        action='store_false',
        default=None,
        dest='enabled',
        help=_('Allow no copies from and to it'),
    )
    shared = parser.add_mutually_exclusive_group()
    shared.add_argument(
        '--share',
        action='store_true',
        default=None,
        dest='shared',
        help=_('Let all projects use it (admin only)'),
    )
    shared.add_argument(
        '--unshare',
        action='store_false',
        default=None,
        dest='shared',
        help=_('Let only its project use it (admin only)'),
    )


def _fields(parsed_args: argparse.Namespace) -> dict[str, Any]:
    found = {
        key: getattr(parsed_args, key)
        for key in (
            'auth_url',
            'region_name',
            'interface',
            'description',
            'enabled',
            'shared',
        )
    }
    if parsed_args.ca_cert:
        found['ca_cert'] = cloud.read_file(parsed_args.ca_cert)
    return {key: value for key, value in found.items() if value is not None}


class CreateSite(command.ShowOne):
    _description = _('Add a site to the project')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            'name', metavar='<name>', help=_('Name of the site')
        )
        parser.add_argument(
            '--from-cloud',
            metavar='<cloud>',
            help=_(
                'Take address, region, interface and certificates from this '
                'cloud of clouds.yaml; other options come before them'
            ),
        )
        _add_fields(parser)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        fields: dict[str, Any] = {}
        if parsed_args.from_cloud:
            fields = cloud.Cloud(parsed_args.from_cloud).site
        fields |= _fields(parsed_args)
        if 'auth_url' not in fields:
            raise exceptions.CommandError(
                _('Say where the site is with --auth-url or --from-cloud.')
            )
        site = self.client.create_site(name=parsed_args.name, **fields)
        return self.dict2columns(_detail(site))


class ListSite(command.Lister):
    _description = _('List the sites that the project can use')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        project.add_options(parser)
        listing.add_options(parser, _SORT_KEYS)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        query = listing.query(parsed_args)
        query |= project.query(parsed_args, self.app.client_manager)
        return listing.table(
            parsed_args, self.client.sites(**query), _COLUMNS, _MORE
        )


def _add_site(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('site', metavar='<site>', help=_('Site (name or ID)'))


class ShowSite(command.ShowOne):
    _description = _('Show a site')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        _add_site(parser)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        return self.dict2columns(
            _detail(
                self.client.find_site(parsed_args.site, ignore_missing=False)
            )
        )


class SetSite(command.Command):
    _description = _('Change a site')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        _add_site(parser)
        parser.add_argument(
            '--name', metavar='<name>', help=_('Another name for it')
        )
        _add_fields(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        fields = _fields(parsed_args)
        if parsed_args.name:
            fields['name'] = parsed_args.name
        if not fields:
            raise exceptions.CommandError(_('Say what to change.'))
        site = self.client.find_site(parsed_args.site, ignore_missing=False)
        self.client.update_site(site, **fields)


class DeleteSite(command.Command):
    _description = _('Delete sites; images there stay')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            'sites',
            metavar='<site>',
            nargs='+',
            help=_('Site(s) (name or ID)'),
        )
        parser.add_argument(
            '--cascade',
            action='store_true',
            help=_(
                'Delete all credentials for them as well, also those of other '
                'users; what they are at the clouds stays there'
            ),
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        def delete(name: str) -> None:
            site = self.client.find_site(name, ignore_missing=False)
            self.client.delete_site(
                site, ignore_missing=False, cascade=parsed_args.cascade
            )

        each.each(parsed_args.sites, delete, self.log)
