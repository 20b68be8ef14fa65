# SPDX-License-Identifier: Apache-2.0

"""The clouds of a lab, as the member of the project demo uses them."""

from typing import Any
import uuid

import openstack

from glintclient import image_replication_service

#: A connection of openstacksdk. Its types leave open which version of a
#: service there is, and know nothing of ``image_replication``.
Cloud = Any


def connect(name: str) -> Cloud:
    """Log in, for the catalog's services and ``cloud.image_replication``.

    :param name: in the clouds.yaml that $OS_CLIENT_CONFIG_FILE names.
    """
    cloud = openstack.connect(cloud=name)
    image_replication_service.add_to(cloud)
    return cloud


def register(glint: Any, cloud: Cloud) -> tuple[str, str]:
    """Make a cloud known to Glint, unless it is.

    :param glint: the ``image_replication`` of its home.
    :returns: the id of the site, and the state of the user's credential.
    """
    site = glint.find_site(
        cloud.name, ignore_missing=True
    ) or glint.create_site(
        name=cloud.name,
        auth_url=cloud.auth['auth_url'],
        region_name=cloud.config.region_name,
    )
    known = next(glint.credentials(site_id=site.id), None)
    credential = known or glint.create_credential(
        site_id=site.id,
        name=cloud.name,
        auth_type='v3applicationcredential',
        auth=_application_credential(cloud),
    )
    return str(site.id), str(credential.state)


def _application_credential(cloud: Cloud) -> dict[str, str]:
    """Make an application credential for Glint, and return its auth."""
    made = cloud.identity.create_application_credential(
        cloud.current_user_id,
        f'glint-{uuid.uuid4().hex[:8]}',
        description='For Glint, to bring images here',
    )
    return {
        'application_credential_id': made.id,
        'application_credential_secret': made.secret,
    }
