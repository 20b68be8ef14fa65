# SPDX-License-Identifier: Apache-2.0

"""Rules of the calls on sites."""

from oslo_policy import policy

from glint.policies import base

INDEX = 'image-replication:site:index'
GET = 'image-replication:site:get'
CREATE = 'image-replication:site:create'
UPDATE = 'image-replication:site:update'
DELETE = 'image-replication:site:delete'
SHARE = 'image-replication:site:share'
ALL_PROJECTS = 'image-replication:site:all_projects'


def list_rules() -> list[policy.DocumentedRuleDefault]:
    return [
        base.rule(
            'site:index',
            base.READER,
            'List the sites of the project and the shared ones.',
            'GET /v1/sites',
        ),
        base.rule(
            'site:get',
            base.READER,
            'Show a site.',
            'GET /v1/sites/{site_id}',
        ),
        base.rule(
            'site:create',
            base.MEMBER,
            'Add a site to the project.',
            'POST /v1/sites',
        ),
        base.rule(
            'site:update',
            base.MEMBER,
            'Change a site of the project.',
            'PATCH /v1/sites/{site_id}',
        ),
        base.rule(
            'site:delete',
            base.MEMBER,
            'Delete a site of the project.',
            'DELETE /v1/sites/{site_id}',
        ),
        base.rule(
            'site:share',
            base.ADMIN,
            'Share a site with all projects; change or delete a shared one.',
            'POST /v1/sites',
            'PATCH /v1/sites/{site_id}',
            'DELETE /v1/sites/{site_id}',
        ),
        base.rule(
            'site:all_projects',
            base.ADMIN,
            'See the sites of all projects.',
            'GET /v1/sites',
            'GET /v1/sites/{site_id}',
        ),
    ]
