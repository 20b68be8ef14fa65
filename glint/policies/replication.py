# SPDX-License-Identifier: Apache-2.0

"""Rules of the calls on replications."""

from oslo_policy import policy

from glint.policies import base

INDEX = 'image-replication:replication:index'
GET = 'image-replication:replication:get'
CREATE = 'image-replication:replication:create'
CANCEL = 'image-replication:replication:cancel'
RETRY = 'image-replication:replication:retry'
DELETE = 'image-replication:replication:delete'
PRIORITIZE = 'image-replication:replication:prioritize'
ALL_PROJECTS = 'image-replication:replication:all_projects'


def list_rules() -> list[policy.DocumentedRuleDefault]:
    return [
        base.rule(
            'replication:index',
            base.READER,
            'List the replications of the project.',
            'GET /v1/replications',
        ),
        base.rule(
            'replication:get',
            base.READER,
            'Show a replication.',
            'GET /v1/replications/{replication_id}',
        ),
        base.rule(
            'replication:create',
            base.MEMBER,
            'Replicate an image, or ask what that would do.',
            'POST /v1/replications',
        ),
        base.rule(
            'replication:cancel',
            base.MEMBER,
            'Cancel the copies of a replication.',
            'PUT /v1/replications/{replication_id}/cancel',
        ),
        base.rule(
            'replication:retry',
            base.MEMBER,
            'Retry the failed and cancelled copies of a replication.',
            'PUT /v1/replications/{replication_id}/retry',
        ),
        base.rule(
            'replication:delete',
            base.MEMBER,
            'Delete a finished replication.',
            'DELETE /v1/replications/{replication_id}',
        ),
        base.rule(
            'replication:prioritize',
            base.ADMIN,
            'Let a replication go before, or after, those of others.',
            'POST /v1/replications',
            'PATCH /v1/replications/{replication_id}',
        ),
        base.rule(
            'replication:all_projects',
            base.ADMIN,
            'See the replications of all projects.',
            'GET /v1/replications',
            'GET /v1/replications/{replication_id}',
        ),
    ]
