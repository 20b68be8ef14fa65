# SPDX-License-Identifier: Apache-2.0

"""Finds the images to replicate by their names."""

import fnmatch
import functools
from typing import Any
from typing import NamedTuple

from openstack import exceptions as sdk
from osc_lib import exceptions

from glintclient.i18n import _
from glintclient.osc import formats
from glintclient.osc import printable
from glintclient.osc.v1 import listing
from glintclient.v1 import site as _site


class Image(NamedTuple):
    """An image to replicate.

    :ivar name: None if nobody knows it.
    """

    id: str
    name: str | None

    @property
    def label(self) -> str:
        """What it is called in messages."""
        return self.name or self.id


class _Found(NamedTuple):
    """An image of the name, and what tells it apart from the others.

    Hidden images count where no other has the name: they are old versions.
    """

    image_id: str
    size: int | None
    status: str | None
    moment: str | None

    def __str__(self) -> str:
        moment = formats.moment(self.moment)
        words = (formats.size(self.size), self.status, moment)
        return f'{self.image_id} ({", ".join(filter(None, words))})'


class Missing(exceptions.CommandError):
    """There is no image of a name or ID."""


class Images:
    """The images at the site that they are read from.

    :param manager: the client manager.
    :param source: the site.
    """

    def __init__(self, manager: Any, source: _site.Site) -> None:
        self._manager = manager
        self._source = source

    def find(self, name_or_id: str) -> Image:
        """Find an image.

        :param name_or_id: of the image.
        :returns: the image.
        :raises Missing: if there is none.
        :raises CommandError: if there is more than one.
        """
        if self._source.home:
            return self._at_home(name_or_id)
        if listing.is_id(name_or_id):
            return Image(name_or_id, None)
        return self._elsewhere(name_or_id)

    def matching(self, pattern: str) -> list[Image]:
        """Find all active images that are not hidden, by a pattern.

        :param pattern: as a shell takes one for names of files.
        :returns: them by their names.
        """
        if self._source.home:
            found = [
                Image(image.id, image.name)
                for image in self._glance.images(status='active')
                if image.name
            ]
        else:
            found = [
                Image(item['image_id'], item['name'])
                for _size, item in self._there
                if item['name']
                and item['status'] == 'active'
                and not item['os_hidden']
            ]
        return sorted(
            {i for i in found if fnmatch.fnmatchcase(i.label, pattern)},
            key=lambda image: (image.label, image.id),
        )

    @property
    def _glance(self) -> Any:
        return self._manager.sdk_connection.image

    def _at_home(self, name_or_id: str) -> Image:
        """Ask the cloud that the user is in."""
        if listing.is_id(name_or_id):
            try:
                image = self._glance.get_image(name_or_id)
            except sdk.NotFoundException:
                raise _missing(self._source, name_or_id) from None
            return Image(image.id, image.name)
        for hidden in (False, True):
            # Glance takes what stands before a colon in a name for an
            # operator.
            query = {'name': f'eq:{name_or_id}', 'is_hidden': hidden}
            found = [
                _Found(image.id, image.size, image.status, image.created_at)
                for image in self._glance.images(**query)
                if image.name == name_or_id
            ]
            if found:
                break
        return _only(self._source, name_or_id, found)

    def _elsewhere(self, name: str) -> Image:
        """Look into the matrix: only Glint has an account there."""
        found: dict[bool, list[_Found]] = {False: [], True: []}
        for size, item in self._there:
            if name == item['name']:
                found[bool(item['os_hidden'])].append(
                    _Found(
                        item['image_id'],
                        size,
                        item['status'],
                        item['updated_at'],
                    )
                )
        return _only(self._source, name, found[False] or found[True])

    @functools.cached_property
    def _there(self) -> list[tuple[int | None, dict[str, Any]]]:
        """All images there, with their sizes."""
        images = self._manager.image_replication.images(
            site_id=self._source.id, hidden=True
        )
        return [
            (image.size, item)
            for image in images
            for item in image.presence
            if item['site_id'] == self._source.id and item['image_id']
        ]


def _only(source: _site.Site, name: str, found: list[_Found]) -> Image:
    if not found:
        raise _missing(source, name)
    if len(found) > 1:
        raise exceptions.CommandError(
            _(
                '%(count)d images at %(site)s are called %(name)s; name one '
                'of them by its ID:\n%(all)s'
            )
            % {
                'count': len(found),
                'site': source.name,
                'name': printable.line(name),
                'all': '\n'.join(f'  {image}' for image in found),
            }
        )
    return Image(found[0].image_id, name)


def _missing(source: _site.Site, name: str) -> Missing:
    return Missing(
        _(
            'There is no image %(name)s at the site %(site)s that you can '
            'see; "openstack image replication matrix" lists those of all '
            'sites.'
        )
        % {'name': name, 'site': source.name}
    )
