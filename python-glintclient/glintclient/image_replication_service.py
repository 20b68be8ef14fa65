# SPDX-License-Identifier: Apache-2.0

"""Makes ``conn.image_replication`` of an openstacksdk connection."""

from openstack import connection
from openstack import service_description

from glintclient.v1 import _proxy

SERVICE_TYPE = 'image-replication'


class ImageReplicationService(
    service_description.ServiceDescription[_proxy.Proxy]
):
    """The image replication service."""

    supported_versions = {'1': _proxy.Proxy}

    def __init__(self, service_type: str = SERVICE_TYPE) -> None:
        super().__init__(service_type)


def add_to(conn: connection.Connection) -> None:
    """Make ``conn.image_replication``.

    It is a vendor hook as well: with the line ``vendor_hook:
    glintclient.image_replication_service:add_to`` in a cloud of clouds.yaml,
    each connection to this cloud has it.

    :param conn: the connection.
    """
    conn.add_service(ImageReplicationService())
