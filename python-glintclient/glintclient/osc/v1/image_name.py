# SPDX-License-Identifier: Apache-2.0

"""Finds the image to replicate by its name."""

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


class _Found(NamedTuple):
    """An image of the name, and what tells it apart from the others.

    Hidden images count where no other has the name: they are old versions.
    """

    image_id: str
    size: int | None
    status: str | None
    moment: str | None

    def __str__(self) -> str:
        words = (formats.size(self.size), self.status, self.moment)
        return f'{self.image_id} ({", ".join(filter(None, words))})'


def find(manager: Any, source: _site.Site, name_or_id: str) -> Image:
    """Find an image at the site that it is read from.

    :param manager: the client manager.
    :param source: the site.
    :param name_or_id: of the image.
    :returns: the image.
    :raises CommandError: if there is none, or more than one.
    """
    if source.home:
        return _at_home(manager.sdk_connection.image, source, name_or_id)
    if listing.is_id(name_or_id):
        return Image(name_or_id, None)
    return _elsewhere(manager.image_replication, source, name_or_id)


def _at_home(glance: Any, source: _site.Site, name_or_id: str) -> Image:
    """Ask the cloud that the user is in."""
    if listing.is_id(name_or_id):
        try:
            image = glance.get_image(name_or_id)
        except sdk.NotFoundException:
            raise _missing(source, name_or_id) from None
        return Image(image.id, image.name)
    for hidden in (False, True):
        # Glance takes what stands before a colon in a name for an operator.
        query = {'name': f'eq:{name_or_id}', 'is_hidden': hidden}
        found = [
            _Found(image.id, image.size, image.status, image.created_at)
            for image in glance.images(**query)
            if image.name == name_or_id
        ]
        if found:
            break
    return _only(source, name_or_id, found)


def _elsewhere(client: Any, source: _site.Site, name: str) -> Image:
    """Look into the matrix: only Glint has an account there."""
    found: dict[bool, list[_Found]] = {False: [], True: []}
    for image in client.images(site_id=source.id, hidden=True):
        for item in image.presence:
            if (
                item['site_id'] == source.id
                and item['image_id']
                and name == item['name']
            ):
                found[bool(item['os_hidden'])].append(
                    _Found(
                        item['image_id'],
                        image.size,
                        item['status'],
                        item['updated_at'],
                    )
                )
    return _only(source, name, found[False] or found[True])


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


def _missing(source: _site.Site, name: str) -> exceptions.CommandError:
    return exceptions.CommandError(
        _(
            'There is no image %(name)s at the site %(site)s that you can '
            'see; "openstack image replication matrix" lists those of all '
            'sites.'
        )
        % {'name': name, 'site': source.name}
    )
