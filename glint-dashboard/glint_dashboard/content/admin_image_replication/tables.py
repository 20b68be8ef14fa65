# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

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
            'source',
            'size',
            'state',
            'progress',
            'copies',
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
