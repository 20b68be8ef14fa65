# SPDX-License-Identifier: Apache-2.0

"""Rules of the calls on credentials.

Whatever these rules say, a private credential is used for its own user
alone, and nobody can read a secret.
"""

from oslo_policy import policy

from glint.policies import base

INDEX = 'image-replication:credential:index'
GET = 'image-replication:credential:get'
CREATE = 'image-replication:credential:create'
UPDATE = 'image-replication:credential:update'
CHECK = 'image-replication:credential:check'
DELETE = 'image-replication:credential:delete'
ALL_PROJECTS = 'image-replication:credential:all_projects'


def list_rules() -> list[policy.DocumentedRuleDefault]:
    return [
        base.rule(
            'credential:index',
            base.READER,
            'List the own credentials and those shared in the project.',
            'GET /v1/credentials',
        ),
        base.rule(
            'credential:get',
            base.READER,
            'Show a credential.',
            'GET /v1/credentials/{credential_id}',
        ),
        base.rule(
            'credential:create',
            base.MEMBER,
            'Register a credential.',
            'POST /v1/credentials',
        ),
        base.rule(
            'credential:update',
            f'{base.MEMBER} and user_id:%(user_id)s',
            'Change an own credential, or replace its secret.',
            'PATCH /v1/credentials/{credential_id}',
        ),
        base.rule(
            'credential:check',
            base.MEMBER,
            'Try a credential at its site.',
            'POST /v1/credentials/{credential_id}/check',
        ),
        base.rule(
            'credential:delete',
            f'{base.MANAGER} or ({base.MEMBER} and user_id:%(user_id)s)',
            'Delete an own credential or, as a manager, a shared one.',
            'DELETE /v1/credentials/{credential_id}',
        ),
        base.rule(
            'credential:all_projects',
            base.ADMIN,
            'See the credentials of all users, without their secrets.',
            'GET /v1/credentials/{credential_id}',
        ),
    ]
