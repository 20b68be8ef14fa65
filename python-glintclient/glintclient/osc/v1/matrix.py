# SPDX-License-Identifier: Apache-2.0

"""openstack image replication matrix"""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from typing import Any

from glintclient.i18n import _
from glintclient.osc import command
from glintclient.osc import formats
from glintclient.osc import printable
from glintclient.osc.v1 import listing
from glintclient.osc.v1 import site_names
from glintclient.v1 import image as _image

#: From which age on a listing is told to be old, in seconds.
_WORTH_TELLING = 120

#: What a queued copy waits for that is no matter of its turn.
_WORTH_A_LINE = ('credential_refused', 'site_silent', 'backoff')
_SORT_KEYS = ('name', 'size', 'disk_format', 'container_format')

_WORDS = {
    'in_sync': '✓',
    'differs': _('differs'),
    'missing': '-',
    'copying': _('copying'),
    'unverifiable': _('not verifiable'),
}


class Cell(formats.Word):
    """An image at a site: a word for it in a table."""

    def human_readable(self) -> str:
        state = self._value['state']
        word = str(_WORDS.get(state, state))
        copy = self._value.get('copy') or {}
        if copy.get('state') == 'queued':
            word = str(_('queued'))
        elif state == 'copying' and copy:
            word = f'{word} {copy["progress"]} %'
        return self._qualified(word)

    def word(self) -> str:
        queued = (self._value.get('copy') or {}).get('state') == 'queued'
        return self._qualified('queued' if queued else self._value['state'])

    def _qualified(self, word: str) -> str:
        """Add that the site was not asked now, if so."""
        site_state = self._value.get('site_state', 'ok')
        return word if site_state == 'ok' else f'{word} ({site_state})'


class ShowMatrix(command.Lister):
    _description = _(
        'Show which images there are at which sites: a mark, or yes, where it '
        'is the same, - where it is not'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            '--name',
            metavar='<name>',
            help=_('Only images of this name'),
        )
        parser.add_argument(
            '--search',
            metavar='<text>',
            help=_(
                'Only images with this text in the name, in upper or lower '
                'case'
            ),
        )
        parser.add_argument(
            '--missing',
            metavar='<site>',
            nargs='?',
            const='',
            help=_(
                'Only images that this site (name or ID), or any site if none '
                'is named, has not at all: neither the same image nor another '
                'one of its name'
            ),
        )
        parser.add_argument(
            '--refresh',
            action='store_true',
            help=_('Ask the sites again, whatever is known of them'),
        )
        parser.add_argument(
            '--long', action='store_true', help=_('List more fields')
        )
        listing.add_sort_option(parser, _SORT_KEYS)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        query: dict[str, Any] = dict(parsed_args.sort)
        if parsed_args.name:
            query['name'] = parsed_args.name
        if parsed_args.search:
            query['search'] = parsed_args.search
        if parsed_args.missing is not None:
            query['state'] = 'missing'
        if parsed_args.missing:
            names = site_names.SiteNames(self.client)
            query['site_id'] = names.find(parsed_args.missing).id
        if parsed_args.refresh:
            query['refresh'] = True
        home = ''
        if parsed_args.long:
            home = site_names.SiteNames(self.client).home.id
        matrix = self.client.matrix(**query)
        for site in matrix.sites:
            if site['state'] != 'ok':
                self._tell(site)
        self._tell_age(matrix.sites)
        self._tell_waits(matrix.images)
        headers = ['Image', 'Size']
        if home:
            headers += ['Disk Format', 'Hash', 'Home Image ID']
        headers += _headers(matrix.sites, headers)
        return headers, [
            _row(image, matrix.sites, home) for image in matrix.images
        ]

    def _tell(self, site: dict[str, Any]) -> None:
        self.log.warning(
            _('The site %(name)s is %(state)s: %(detail)s Shown is %(when)s.')
            % {
                'name': site['name'],
                'state': site['state'],
                'detail': site.get('detail') or '',
                'when': _('what was there at %s')
                % formats.moment(site['listed_at'])
                if site.get('listed_at')
                else _('nothing of it'),
            }
        )

    def _tell_age(self, sites: list[dict[str, Any]]) -> None:
        """Say how old the oldest listing is, if that is worth a word."""
        # Of the others it is told when they were asked.
        listed = [
            site
            for site in sites
            if site['state'] == 'ok' and site.get('listed_at')
        ]
        if not listed:
            return
        oldest = min(listed, key=lambda site: str(site['listed_at']))
        age = _age(oldest['listed_at'])
        if age >= _WORTH_TELLING:
            self.log.warning(
                _(
                    'The site %(name)s was asked for its images %(age)s ago; '
                    '--refresh asks all sites again.'
                )
                % {'name': oldest['name'], 'age': _words(age)}
            )

    def _tell_waits(self, images: list[_image.Image]) -> None:
        """Say why nothing moves, and when Glint tries again."""
        copies = [
            item['copy']
            for image in images
            for item in image.presence
            if item.get('copy')
        ]
        details = [
            wait['detail']
            for copy in copies
            for wait in copy.get('waits_for') or []
            if wait['reason'] in _WORTH_A_LINE
        ]
        for detail in dict.fromkeys(details):
            self.log.warning(printable.line(detail))


def _age(moment: str) -> int:
    """:returns: how long ago a moment was, in seconds."""
    then = datetime.fromisoformat(moment)
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return int((datetime.now(UTC) - then).total_seconds())


def _words(age: int) -> str:
    """:param age: in seconds; at least two minutes."""
    minutes, hours, days = age // 60, age // 3600, age // 86400
    if days > 1:
        return _('%d days') % days
    if hours > 1:
        return _('%d hours') % hours
    return _('%d minutes') % minutes


def _headers(
    sites: list[dict[str, Any]],
    taken: Iterable[str],
) -> list[str]:
    """Name the columns of the sites, no two alike."""
    seen = set(taken)
    headers = []
    for site in sites:
        header = site['name']
        if header in seen:
            header = f'{header} ({site["site_id"][:8]})'
        seen.add(header)
        headers.append(header)
    return headers


def _row(
    image: _image.Image, sites: list[dict[str, Any]], home: str
) -> tuple[Any, ...]:
    """Make the row of an image.

    :param home: the ID of the home site if more fields are to be listed.
    """
    presence = {item['site_id']: item for item in image.presence}
    cells = []
    for site in sites:
        value = presence.get(site['site_id'], {'state': 'missing'})
        if site['state'] != 'ok':
            value = value | {'site_state': site['state']}
        cells.append(Cell(value))
    row: tuple[Any, ...] = (image.name, formats.Size(image.size))
    if home:
        there = presence.get(home, {})
        row += (
            image.disk_format,
            _hash(image),
            # Blank in a list for other commands.
            there.get('image_id') or '',
        )
    return (*row, *cells)


def _hash(image: _image.Image) -> str:
    value = image.os_hash_value or image.checksum or ''
    return f'{image.os_hash_algo or "md5"}:{value[:16]}' if value else ''
