# SPDX-License-Identifier: Apache-2.0

"""The tables of all projects' replications and clouds."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from horizon import tables

from glint_dashboard.content.image_replication.clouds import (
    tables as cloud_tables,
)
from glint_dashboard.content.image_replication.replications import (
    tables as replication_tables,
)


class ReplicationsTable(replication_tables.ReplicationsTable):
    project = tables.Column('project_name', verbose_name=_('Project'))

    class Meta(replication_tables.ReplicationsTable.Meta):
        columns = (
            'project',
            'image',
            'clouds',
            'state',
            'created',
        )


class CreateCloud(cloud_tables.CreateCloud):
    url = 'horizon:admin:image_replication:create'


class UpdateCloud(cloud_tables.UpdateCloud):
    url = 'horizon:admin:image_replication:update'


class CloudsTable(cloud_tables.CloudsTable):
    project = tables.Column('project_name', verbose_name=_('Project'))

    class Meta(cloud_tables.CloudsTable.Meta):
        columns = (
            'name',
            'auth_url',
            'region',
            'health',
            'enabled',
            'owner',
            'project',
        )
        table_actions = (CreateCloud, cloud_tables.DeleteCloud)
        # There is no credential to be added for others.
        row_actions: tuple[Any, ...] = (
            UpdateCloud,
            cloud_tables.DeleteCloud,
        )
