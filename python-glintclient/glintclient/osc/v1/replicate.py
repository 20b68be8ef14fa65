# SPDX-License-Identifier: Apache-2.0

"""openstack image replicate"""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from osc_lib import exceptions

from glintclient import exceptions as errors
from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc.v1 import image_list
from glintclient.osc.v1 import image_name
from glintclient.osc.v1 import replicate_options
from glintclient.osc.v1 import replicate_sites
from glintclient.osc.v1 import replicate_view
from glintclient.osc.v1 import replication_view
from glintclient.osc.v1 import site_names
from glintclient.osc.v1 import waiting
from glintclient.v1 import plan as _plan


class ReplicateImage(command.ShowOneOrList):
    _description = _(
        'Copy images to other sites. The command comes back at once unless '
        'it is to wait; the copying is done by the service. Of several images '
        'a list is shown; the exit code is 1 if one was refused.'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            'images',
            metavar='<image>',
            nargs='+',
            help=_(
                'Image(s) to copy (name or ID); a pattern in quotation marks, '
                "as 'debian-1?', for all active images of such names; - to "
                'read names and IDs from the standard input, one a line'
            ),
        )
        replicate_sites.add_options(parser)
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
        places = replicate_sites.Places(self.client, names, parsed_args)
        images, several = image_list.wanted(
            image_name.Images(self.app.client_manager, places.source),
            parsed_args.images,
        )
        self.is_list = several or parsed_args.dry_run
        self._check(parsed_args, several)
        made = self._ask_for_all(parsed_args, places, images, several)
        if parsed_args.dry_run:
            if any(
                i['action'] not in _plan.GOOD for m in made for i in m.targets
            ):
                self.exit_code = 1
            return replicate_view.plans(made, names, several)
        if parsed_args.wait:
            made = waiting.wait_for_all(
                self.client, [item.id for item in made], names
            )
            if any(item.state != 'completed' for item in made):
                self.exit_code = 1
        if several:
            return replicate_view.replications(made)
        return self.dict2columns(replication_view.detail(made[0]))

    def _check(self, parsed_args: argparse.Namespace, several: bool) -> None:
        """Refuse what makes no sense, before anything is asked for."""
        if several and parsed_args.name:
            raise exceptions.CommandError(
                _('--name is for one image: several would be called the same.')
            )
        self.check_format()

    def _ask_for_all(
        self,
        parsed_args: argparse.Namespace,
        places: replicate_sites.Places,
        images: Sequence[image_name.Image],
        several: bool,
    ) -> list[Any]:
        """Ask for the replications, or for the plans of them.

        What is refused of one image does not keep the others.
        """
        attrs: dict[str, Any] = {
            'source_site_id': places.source.id,
            'target_site_ids': [item.id for item in places.targets],
            'options': replicate_options.given(parsed_args),
        }
        if parsed_args.credentials:
            attrs['credential_ids'] = places.credentials
        made: list[Any] = []
        for number, image in enumerate(images):
            token = parsed_args.client_token
            if token and not parsed_args.dry_run:
                # A token belongs to one image.
                attrs['client_token'] = (
                    f'{token}-{image.id}' if several else token
                )
            try:
                made.append(self._ask(parsed_args, image, attrs))
            except Exception as e:
                is_of_one = isinstance(e, errors.Conflict | errors.NotFound)
                if len(images) == 1 or not (made or is_of_one):
                    places.explain(e)
                    raise
                self.exit_code = 1
                self.log.error('%s: %s', image.label, e)
                if not is_of_one:
                    self._tell_rest(images[number + 1 :])
                    break
        if not made:
            raise exceptions.CommandError(
                _('%(failed)d of %(all)d failed.')
                % {'failed': len(images), 'all': len(images)}
            )
        return made

    def _ask(
        self,
        parsed_args: argparse.Namespace,
        image: image_name.Image,
        attrs: dict[str, Any],
    ) -> Any:
        attrs = {**attrs, 'image_id': image.id}
        if image.name:
            attrs['image_name'] = image.name
        if parsed_args.dry_run:
            return self.client.plan_replication(**attrs)
        return self.client.create_replication(**attrs)

    def _tell_rest(self, images: Sequence[image_name.Image]) -> None:
        if images:
            self.log.error(
                _('Not asked for: %s'), ', '.join(i.label for i in images)
            )
