# SPDX-License-Identifier: Apache-2.0

"""openstack image replicate"""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from cliff.formatters import base as formatters
from osc_lib import exceptions

from glintclient import exceptions as errors
from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc import formats
from glintclient.osc.v1 import image_name
from glintclient.osc.v1 import replicate_options
from glintclient.osc.v1 import replication_view
from glintclient.osc.v1 import site_names
from glintclient.osc.v1 import waiting
from glintclient.v1 import credential as _credential
from glintclient.v1 import plan as _plan
from glintclient.v1 import site as _site

Credential = _credential.Credential
Site = _site.Site


class ReplicateImage(command.ShowOne):
    _description = _(
        'Copy an image to other sites. The command comes back at once unless '
        'it is to wait; the copying is done by the service.'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            'image',
            metavar='<image>',
            help=_('Image to copy (name or ID)'),
        )
        targets = parser.add_mutually_exclusive_group(required=True)
        targets.add_argument(
            '--to',
            metavar='<site>',
            action='append',
            dest='targets',
            help=_(
                'Site to copy it to (name or ID) (repeat for several sites)'
            ),
        )
        targets.add_argument(
            '--to-all',
            action='store_true',
            help=_('Copy it to all sites that you have a credential for'),
        )
        parser.add_argument(
            '--from',
            metavar='<site>',
            dest='source',
            help=_(
                'Site to copy it from (name or ID) (default: the home site)'
            ),
        )
        parser.add_argument(
            '--credential',
            metavar='<credential>',
            action='append',
            dest='credentials',
            help=_(
                'Credential to use at its site (name or ID) (repeat for '
                'several sites) (default: your own, else a shared one)'
            ),
        )
        replicate_options.add_options(parser)
        parser.add_argument(
            '--dry-run',
            action='store_true',
            help=_(
                'Only tell what would happen at each site; the exit code is 1 '
                'if the copy to one would fail'
            ),
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
        names = site_names.SiteNames(self.client)
        source = names.home
        if parsed_args.source:
            source = names.find(parsed_args.source)
        if parsed_args.to_all:
            targets = self._all_targets(names, source)
        else:
            targets = [names.find(name) for name in parsed_args.targets]
        if source.id in [item.id for item in targets]:
            raise exceptions.CommandError(
                _('The site %s is where the image comes from.') % source.name
            )
        try:
            made = self._ask(parsed_args, source, targets)
        except errors.BadRequest as e:
            if e.code != errors.NO_CREDENTIAL:
                raise
            raise self._no_credential(e, [source, *targets]) from e
        if isinstance(made, _plan.Plan):
            if any(i['action'] not in _plan.GOOD for i in made.targets):
                self.exit_code = 1
            return _table(made, names)
        if parsed_args.wait:
            made = waiting.wait(self.client, made.id, names)
            if made.state != 'completed':
                self.exit_code = 1
        return self.dict2columns(replication_view.detail(made))

    def _ask(
        self,
        parsed_args: argparse.Namespace,
        source: Site,
        targets: list[Site],
    ) -> Any:
        """Ask for the replication, or for the plan of it."""
        image = image_name.find(
            self.app.client_manager, source, parsed_args.image
        )
        attrs: dict[str, Any] = {
            'image_id': image.id,
            'source_site_id': source.id,
            'target_site_ids': list(dict.fromkeys(i.id for i in targets)),
            'options': replicate_options.given(parsed_args),
        }
        if image.name:
            attrs['image_name'] = image.name
        if parsed_args.credentials:
            attrs['credential_ids'] = self._credentials(
                parsed_args.credentials, {i.id for i in (source, *targets)}
            )
        if parsed_args.dry_run:
            return self.client.plan_replication(**attrs)
        if parsed_args.client_token:
            attrs['client_token'] = parsed_args.client_token
        return self.client.create_replication(**attrs)

    def produce_output(
        self,
        parsed_args: argparse.Namespace,
        column_names: Sequence[str],
        data: Any,
    ) -> int:
        if not parsed_args.dry_run:
            return super().produce_output(parsed_args, column_names, data)
        formatter: Any = self.formatter
        if not isinstance(formatter, formatters.ListFormatter):
            raise exceptions.CommandError(
                _('A plan is a list: choose another format for it.')
            )
        shown, selector = self._generate_columns_and_selector(
            parsed_args, column_names
        )
        if selector:
            data = [list(self._compress_iterable(i, selector)) for i in data]
        formatter.emit_list(
            self.fit(parsed_args, shown),
            [self.fit(parsed_args, row) for row in data],
            self.app.stdout,
            parsed_args,
        )
        return 0

    def _all_targets(
        self, names: site_names.SiteNames, source: Site
    ) -> list[Site]:
        known = {item.site_id for item in self.client.credentials()}
        found = [
            item
            for item in names.all
            if item.enabled
            and item.id != source.id
            and (item.home or item.id in known)
        ]
        if not found:
            raise exceptions.CommandError(
                _(
                    'There is no site to copy to: you have no credential for '
                    'any other site than %s.'
                )
                % source.name
            )
        return found

    def _credentials(self, wanted: list[str], sites: set[str]) -> list[str]:
        """Find credentials; one name may stand for one at each site."""
        known = list(self.client.credentials())
        ids = []
        for name in wanted:
            found: dict[str, list[Credential]] = {}
            for item in known:
                if item.site_id in sites and name in (item.id, item.name):
                    found.setdefault(item.site_id, []).append(item)
            if not found:
                raise exceptions.CommandError(
                    _('There is no credential %s for these sites.') % name
                )
            ids += [Credential.only(name, i).id for i in found.values()]
        return ids

    def _no_credential(
        self, error: errors.BadRequest, wanted: Iterable[Site]
    ) -> exceptions.CommandError:
        """Say which command makes the credential that is missing."""
        known = {item.site_id for item in self.client.credentials()}
        missing = [i for i in wanted if not i.home and i.id not in known]
        if not missing:
            return exceptions.CommandError(str(error))
        return exceptions.CommandError(
            _('You have no credential for %(sites)s. To make one:\n%(how)s')
            % {
                'sites': ', '.join(item.name for item in missing),
                'how': '\n'.join(
                    '  openstack image replication credential create '
                    f'--site {item.name} --from-cloud <cloud> '
                    '--make-application-credential <name>'
                    for item in missing
                ),
            }
        )


def _table(
    plan: _plan.Plan, names: site_names.SiteNames
) -> tuple[Sequence[str], Iterable[Any]]:
    return (
        (
            'Target Site',
            'Action',
            'Size',
            'Target Image ID',
            'Reasons',
            'Notes',
        ),
        [
            (
                names.name(item['target_site_id']),
                item['action'],
                formats.Size(item['bytes']),
                formats.Text(item['target_image_id']),
                formats.Lines(item['reasons']),
                formats.Lines(item['notes']),
            )
            for item in plan.targets
        ],
    )
