# SPDX-License-Identifier: Apache-2.0

"""The table of all projects' clouds."""

from typing import Any

from glint_dashboard.content.image_replication.clouds import (
    tables as cloud_tables,
)


class CreateCloud(cloud_tables.CreateCloud):
    url = 'horizon:admin:image_replication:create'


class UpdateCloud(cloud_tables.UpdateCloud):
    url = 'horizon:admin:image_replication:update'


class CloudsTable(cloud_tables.CloudsTable):
    class Meta(cloud_tables.CloudsTable.Meta):
        columns = ('name', 'health', 'owner')
        table_actions = (CreateCloud, cloud_tables.DeleteCloud)
        # There is no credential to be added for others.
        row_actions: tuple[Any, ...] = (
            UpdateCloud,
            cloud_tables.DeleteCloud,
        )
