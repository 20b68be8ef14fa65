# SPDX-License-Identifier: Apache-2.0

"""The matrix: which images there are at which sites."""

from typing import Any
from typing import Self

from keystoneauth1 import adapter
from openstack import resource

from glintclient.v1 import _base


class Image(_base.Resource):
    """One content, and where it is."""

    resources_key = 'images'
    base_path = '/images'

    allow_list = True

    _query_mapping = resource.QueryParameters(
        'name',
        'search',
        'os_hash_algo',
        'os_hash_value',
        'checksum',
        'disk_format',
        'container_format',
        'site_id',
        'state',
        'visibility',
        'hidden',
        'community',
        'pending',
        'refresh',
        'sort_key',
        'sort_dir',
    )

    #: The algorithm of its hash, as ``sha512``.
    os_hash_algo: str | None = resource.Body('os_hash_algo')
    #: Its hash.
    os_hash_value: str | None = resource.Body('os_hash_value')
    #: Its MD5 sum.
    checksum: str | None = resource.Body('checksum')
    #: Its bytes.
    size: int | None = resource.Body('size', type=int)
    #: Its disk format, as ``qcow2``.
    disk_format: str | None = resource.Body('disk_format')
    #: Its container format, as ``bare``.
    container_format: str | None = resource.Body('container_format')
    #: Where it is: ``site_id``, ``image_id``, ``state``, which is
    #: ``in_sync``, ``differs``, ``missing``, ``copying`` or
    #: ``unverifiable``, ``name``, ``visibility``, ``copy`` with its
    #: ``progress`` in percent and what it ``waits_for``, and more of the
    #: image there.
    presence: list[dict[str, Any]] = resource.Body('presence', type=list)


class Matrix(_base.Resource):
    """All images, and how far the sites could be asked."""

    base_path = '/images'
    requires_id = False

    allow_fetch = True

    #: The images.
    images: list[Image] = resource.Body('images', type=list, list_type=Image)
    #: The sites: ``site_id``, ``name``, ``state``, which is ``ok``,
    #: ``unreachable`` or ``unauthorized``, ``listed_at``, ``detail``.
    sites: list[dict[str, Any]] = resource.Body('sites', type=list)
    #: Where the next page is.
    links: list[dict[str, str]] = resource.Body('links', type=list)

    @classmethod
    def gather(cls, session: adapter.Adapter, **query: Any) -> Self:
        """Get all pages.

        :param session: the proxy.
        :param query: what to filter by.
        :returns: them as one.
        """
        matrix = page = cls.new().fetch(session, False, **query)
        images = list(page.images)
        while address := page.next_address:
            page = cls.new().fetch(session, False, base_path=address)
            images += page.images
        matrix.images = images
        return matrix

    @property
    def next_address(self) -> str | None:
        """The address of the next page, None if it is the last."""
        for link in self.links or []:
            if link['rel'] == 'next':
                return link['href']
        return None
