# SPDX-License-Identifier: Apache-2.0

"""openstack image replication credential set"""

import argparse
from typing import Any

from osc_lib import exceptions

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc.v1 import credential as _credential
from glintclient.osc.v1 import credential_auth
from glintclient.osc.v1 import site_names

Credential = _credential.Credential


class SetCredential(_credential.OfOne, command.Command):
    _description = _(
        'Change a credential of yours: its name, whether it is shared, or '
        'what it authenticates with, which its site has to take before it '
        'replaces what there was. Give all of that, not only the secret, '
        'which is asked for, or read from a file or an environment variable. '
        'Its site and its type stay.'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        self.add_arguments(parser)
        parser.add_argument(
            '--name', metavar='<name>', help=_('Another name for it')
        )
        shared = parser.add_mutually_exclusive_group()
        shared.add_argument(
            '--share',
            action='store_true',
            default=None,
            dest='shared',
            help=_('Let all members of the project copy with it'),
        )
        shared.add_argument(
            '--unshare',
            action='store_false',
            default=None,
            dest='shared',
            help=_(
                'Let nobody else use it; what was asked for with it goes on'
            ),
        )
        credential_auth.add_options(parser)
        parser.add_argument(
            '--no-check',
            action='store_true',
            help=_('Replace the secret whether or not the site takes it'),
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        fields: dict[str, Any] = {}
        if parsed_args.name:
            fields['name'] = parsed_args.name
        if parsed_args.shared is not None:
            fields['shared'] = parsed_args.shared
        with_secret = credential_auth.is_given(parsed_args)
        if not fields and not with_secret:
            raise exceptions.CommandError(_('Say what to change.'))
        if parsed_args.no_check and not with_secret:
            raise exceptions.CommandError(
                _('--no-check is for a secret, and there is none to replace.')
            )
        names = site_names.SiteNames(self.client)
        found = self.find(parsed_args.credential, parsed_args.site, names)
        if with_secret:
            self._replace(parsed_args, found, fields)
        else:
            self.client.update_credential(found, **fields)

    def _replace(
        self,
        parsed_args: argparse.Namespace,
        found: Credential,
        fields: dict[str, Any],
    ) -> None:
        """Replace the secret, and change the other fields with it."""
        name = fields.get('name', found.name)
        with credential_auth.read(parsed_args, name, self.log.warning) as (
            auth_type,
            auth,
        ):
            if auth_type != found.auth_type:
                raise exceptions.CommandError(
                    _(
                        'The credential %(name)s is of the type %(old)s, and '
                        'its type stays: what you gave is of the type '
                        '%(new)s. Register another credential for that.'
                    )
                    % {
                        'name': found.name,
                        'old': found.auth_type,
                        'new': auth_type,
                    }
                )
            if parsed_args.no_check:
                fields['check'] = False
            self.client.update_credential(found, auth=auth, **fields)
        if auth_type == 'v3applicationcredential':
            self.log.warning(
                _(
                    'The application credential that it was before stays at '
                    'its cloud; delete it there if nothing else uses it.'
                )
            )
