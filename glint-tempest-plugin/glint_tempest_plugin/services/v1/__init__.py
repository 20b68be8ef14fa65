# SPDX-License-Identifier: Apache-2.0

"""Clients of the API of Glint, version 1: a module per resource."""

from glint_tempest_plugin.services.v1.credential import CredentialsClient
from glint_tempest_plugin.services.v1.image import ImagesClient
from glint_tempest_plugin.services.v1.image_copy import CopiesClient
from glint_tempest_plugin.services.v1.replication import ReplicationsClient
from glint_tempest_plugin.services.v1.site import SitesClient
from glint_tempest_plugin.services.v1.version import VersionsClient

__all__ = [
    'CopiesClient',
    'CredentialsClient',
    'ImagesClient',
    'ReplicationsClient',
    'SitesClient',
    'VersionsClient',
]
