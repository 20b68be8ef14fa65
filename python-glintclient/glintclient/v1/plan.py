# SPDX-License-Identifier: Apache-2.0

"""Plans: what a replication would do."""

from typing import Any

from openstack import resource

from glintclient.v1 import _base

#: Actions that do what was asked for.
GOOD = ('copy', 'adopt', 'skip')


class Plan(_base.Resource):
    """What a replication would do; nothing of it is stored."""

    base_path = '/replications'
    allow_create = True

    #: The image at its source.
    image_id: str = resource.Body('image_id')
    #: Its name there; when it is sent, what the user calls the image.
    image_name: str | None = resource.Body('image_name')
    #: Its bytes.
    size: int | None = resource.Body('size', type=int)
    #: The site that it would be read from.
    source_site_id: str = resource.Body('source_site_id')
    #: The credentials to use, where those of the sites are not to be chosen
    #: by the service. They are only sent.
    credential_ids: list[str] | None = resource.Body(
        'credential_ids', type=list
    )
    #: The sites that were asked about. They are only sent.
    target_site_ids: list[str] | None = resource.Body(
        'target_site_ids', type=list
    )
    #: The options of the replication. They are only sent.
    options: dict[str, Any] | None = resource.Body('options', type=dict)
    #: What would happen at each target: ``target_site_id``, ``action``,
    #: which is ``copy``, ``adopt``, ``skip``, ``conflict`` or ``blocked``,
    #: ``target_image_id``, ``bytes``, ``reasons`` and ``notes``.
    targets: list[dict[str, Any]] = resource.Body('targets', type=list)
