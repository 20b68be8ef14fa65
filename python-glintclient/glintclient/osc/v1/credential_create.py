# SPDX-License-Identifier: Apache-2.0

"""openstack image replication credential create"""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc.v1 import credential as _credential
from glintclient.osc.v1 import credential_auth
from glintclient.osc.v1 import site_names


class CreateCredential(command.ShowOne):
    _description = _(
        'Register a credential, after its site has taken it. The secret is '
        'asked for, or read from a file or an environment variable.'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            'name', metavar='<name>', help=_('Name of the credential')
        )
        parser.add_argument(
            '--site',
            metavar='<site>',
            required=True,
            help=_('Site that it is for (name or ID)'),
        )
        credential_auth.add_options(parser)
        parser.add_argument(
            '--share',
            action='store_true',
            help=_('Let all members of the project copy with it'),
        )
        parser.add_argument(
            '--no-check',
            action='store_true',
            help=_('Register it whether or not the site takes it'),
        )
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        names = site_names.SiteNames(self.client)
        site = names.find(parsed_args.site)
        attrs: dict[str, Any] = {
            'site_id': site.id,
            'name': parsed_args.name,
            'shared': parsed_args.share,
        }
        if parsed_args.no_check:
            attrs['check'] = False
        with credential_auth.read(
            parsed_args, parsed_args.name, self.log.warning
        ) as (
            auth_type,
            auth,
        ):
            made = self.client.create_credential(
                auth_type=auth_type, auth=auth, **attrs
            )
        return self.dict2columns(_credential.detail(made, names))
