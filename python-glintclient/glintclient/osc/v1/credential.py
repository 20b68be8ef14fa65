# SPDX-License-Identifier: Apache-2.0

"""openstack image replication credential list, show, check, delete"""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc import formats
from glintclient.osc.v1 import each
from glintclient.osc.v1 import listing
from glintclient.osc.v1 import site_names
from glintclient.v1 import credential as _credential

Credential = _credential.Credential


_SORT_KEYS = ('name', 'state', 'created_at', 'checked_at', 'expires_at')
_MORE: listing.Columns = (
    ('Detail', lambda item: formats.Text(item.detail)),
    ('Checked At', lambda item: formats.Time(item.checked_at)),
    ('Expires At', lambda item: formats.Time(item.expires_at)),
    ('User ID', lambda item: item.user_id),
    ('Created At', lambda item: formats.Time(item.created_at)),
)


def detail(
    credential: Credential, names: site_names.SiteNames
) -> dict[str, Any]:
    """Make what is shown of one credential.

    :param credential: the credential.
    :param names: the names of the sites.
    :returns: the values by their names.
    """
    return {
        'id': credential.id,
        'name': credential.name,
        'site': names.name(credential.site_id),
        'auth_type': credential.auth_type,
        'state': credential.state,
        'detail': credential.detail,
        'shared': credential.shared,
        'checked_at': formats.Time(credential.checked_at),
        'expires_at': formats.Time(credential.expires_at),
        'user_id': credential.user_id,
        'project_id': credential.project_id,
        'created_at': formats.Time(credential.created_at),
    }


class OfOne:
    """What the commands for one credential have in common."""

    client: Any

    @staticmethod
    def add_arguments(parser: argparse.ArgumentParser, **kwargs: Any) -> None:
        parser.add_argument(
            'credential',
            metavar='<credential>',
            help=_('Credential(s) (name or ID)'),
            **kwargs,
        )
        parser.add_argument(
            '--site',
            metavar='<site>',
            help=_('Site that it is for (name or ID), if several are alike'),
        )

    def find(
        self, name: str, site: str | None, names: site_names.SiteNames
    ) -> Credential:
        query = {'site_id': names.find(site).id} if site else {}
        found: Credential = self.client.find_credential(
            name, ignore_missing=False, **query
        )
        return found


class ListCredential(command.Lister):
    _description = _(
        'List your credentials and those that are shared in the project'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            '--site',
            metavar='<site>',
            help=_('Only those for this site (name or ID)'),
        )
        listing.add_options(parser, _SORT_KEYS)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        names = site_names.SiteNames(self.client)
        query = listing.query(parsed_args)
        if parsed_args.site:
            query['site_id'] = names.find(parsed_args.site).id
        columns: listing.Columns = (
            ('ID', lambda item: item.id),
            ('Name', lambda item: item.name),
            ('Site', lambda item: names.name(item.site_id)),
            ('Type', lambda item: item.auth_type),
            ('State', lambda item: item.state),
            ('Shared', lambda item: item.shared),
        )
        found = self.client.credentials(**query)
        return listing.table(parsed_args, found, columns, _MORE)


class ShowCredential(OfOne, command.ShowOne):
    _description = _('Show a credential, without its secret')

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        self.add_arguments(parser)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        names = site_names.SiteNames(self.client)
        found = self.find(parsed_args.credential, parsed_args.site, names)
        return self.dict2columns(detail(found, names))


class CheckCredential(OfOne, command.ShowOne):
    _description = _(
        'Try a credential at its site; the exit code is 1 unless it works'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        self.add_arguments(parser)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        names = site_names.SiteNames(self.client)
        found = self.find(parsed_args.credential, parsed_args.site, names)
        found = self.client.check_credential(found)
        if found.state != 'ok':
            self.exit_code = 1
        return self.dict2columns(detail(found, names))


class DeleteCredential(OfOne, command.Command):
    _description = _(
        'Delete credentials; the application credentials that they are stay '
        'at their clouds'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        self.add_arguments(parser, nargs='+')
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        names = site_names.SiteNames(self.client)

        def delete(name: str) -> None:
            found = self.find(name, parsed_args.site, names)
            self.client.delete_credential(found, ignore_missing=False)
            if found.auth_type == 'v3applicationcredential':
                self._tell_what_stays(found, names)

        each.each(parsed_args.credential, delete, self.log)

    def _tell_what_stays(
        self, found: Credential, names: site_names.SiteNames
    ) -> None:
        """Say that the cloud still knows what Glint has forgotten.

        Other things may log in with it, too, so it is not removed unasked.
        """
        self.log.warning(
            _(
                'The application credential stays at %(site)s. If '
                '--make-application-credential made it, its name begins with '
                'glint-%(name)s-. Unless something else uses it, remove it:\n'
                '  openstack --os-cloud <cloud> application credential list\n'
                '  openstack --os-cloud <cloud> application credential delete '
                '<name>'
            )
            % {'site': names.name(found.site_id), 'name': found.name}
        )
