# SPDX-License-Identifier: Apache-2.0

"""From where and to where "openstack image replicate" copies, and as whom."""

import argparse
from collections.abc import Iterable
from typing import Any

from osc_lib import exceptions

from glintclient import exceptions as errors
from glintclient.i18n import _
from glintclient.osc.v1 import site_names
from glintclient.v1 import credential as _credential
from glintclient.v1 import site as _site

Credential = _credential.Credential
Site = _site.Site


def add_options(
    parser: argparse.ArgumentParser, required: bool = True
) -> None:
    """Add the options that name sites and credentials.

    :param parser: of a command that replicates.
    :param required: whether it has to have a target.
    """
    add_targets(parser, required)
    parser.add_argument(
        '--from',
        metavar='<site>',
        dest='source',
        help=_('Site to copy from (name or ID) (default: the home site)'),
    )


def add_targets(
    parser: argparse.ArgumentParser, required: bool = False
) -> None:
    """Add the options that name targets and credentials.

    :param parser: of a command that replicates.
    :param required: whether it has to have a target.
    """
    targets = parser.add_mutually_exclusive_group(required=required)
    targets.add_argument(
        '--to',
        metavar='<site>',
        action='append',
        dest='targets',
        help=_('Site to copy to (name or ID) (repeat for several sites)'),
    )
    targets.add_argument(
        '--to-all',
        action='store_true',
        help=_('Copy to all sites that you have a credential for'),
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


class Places:
    """The sites of a command, all found before anything is asked for.

    :param client: the proxy.
    :param names: the sites that the user sees.
    :param parsed_args: with the options above.
    :ivar source: where the images come from.
    :ivar targets: where they go, each once.
    :ivar credentials: the IDs of the credentials that were named.
    :raises CommandError: if one of them is not there.
    """

    def __init__(
        self,
        client: Any,
        names: site_names.SiteNames,
        parsed_args: argparse.Namespace,
    ) -> None:
        self._client = client
        self.source = names.home
        if parsed_args.source:
            self.source = names.find(parsed_args.source)
        if parsed_args.to_all:
            self.targets = self._all_targets(names)
        else:
            found = [names.find(name) for name in parsed_args.targets]
            self.targets = list({item.id: item for item in found}.values())
        self._all = [self.source, *self.targets]
        if self.source.id in [item.id for item in self.targets]:
            raise exceptions.CommandError(
                _('The site %s is where the image comes from.')
                % self.source.name
            )
        self.credentials = self._credentials(parsed_args.credentials or [])

    def _all_targets(self, names: site_names.SiteNames) -> list[Site]:
        known = {item.site_id for item in self._client.credentials()}
        found = [
            item
            for item in names.all
            if item.enabled
            and item.id != self.source.id
            and (item.home or item.id in known)
        ]
        if not found:
            raise exceptions.CommandError(
                _(
                    'There is no site to copy to: you have no credential for '
                    'any other site than %s.'
                )
                % self.source.name
            )
        return found

    def _credentials(self, wanted: list[str]) -> list[str]:
        """Find credentials; one name may stand for one at each site."""
        known = list(self._client.credentials()) if wanted else []
        sites = {item.id for item in self._all}
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

    def explain(self, error: Exception) -> None:
        """Say which command makes the credential that is missing.

        :param error: why the service did not take a request.
        :raises CommandError: if a credential is missing.
        """
        if getattr(error, 'code', None) != errors.NO_CREDENTIAL:
            return
        known = {item.site_id for item in self._client.credentials()}
        missing = [i for i in self._all if not i.home and i.id not in known]
        if missing:
            raise _no_credential(missing) from error


def _no_credential(missing: Iterable[Site]) -> exceptions.CommandError:
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
