# SPDX-License-Identifier: Apache-2.0

"""Who is who: the rules that all other rules are made of.

A token with the role admin may do everything. The others act inside the
project that their token is for: a reader reads, a member (and a service on
a member's behalf) also creates and changes, a manager also puts right what
other users of the project have left behind.
"""

from oslo_policy import policy

ADMIN = 'rule:image-replication:admin'
MANAGER = 'rule:image-replication:project-manager'
MEMBER = 'rule:image-replication:project-member'
READER = 'rule:image-replication:project-reader'

PROJECT_SCOPE = ['project']

_IN_PROJECT = 'project_id:%(project_id)s'


def rule(
    name: str, check: str, description: str, *operations: str
) -> policy.DocumentedRuleDefault:
    """Make the rule of some calls of the API.

    :param name: the name without the service type, as ``site:create``.
    :param check: which of the roles above may.
    :param operations: the calls, as ``POST /v1/sites``.
    """
    calls = [operation.split(' ') for operation in operations]
    return policy.DocumentedRuleDefault(
        name=f'image-replication:{name}',
        check_str=check,
        description=description,
        operations=[
            {'method': method, 'path': path} for method, path in calls
        ],
        scope_types=PROJECT_SCOPE,
    )


def list_rules() -> list[policy.RuleDefault]:
    return [
        policy.RuleDefault(
            name=ADMIN.removeprefix('rule:'),
            check_str='role:admin',
            description='The operators of the cloud.',
            scope_types=PROJECT_SCOPE,
        ),
        policy.RuleDefault(
            name=MANAGER.removeprefix('rule:'),
            check_str=f'{ADMIN} or (role:manager and {_IN_PROJECT})',
            description='Those who look after a project.',
            scope_types=PROJECT_SCOPE,
        ),
        policy.RuleDefault(
            name=MEMBER.removeprefix('rule:'),
            check_str=(
                f'{MANAGER} or '
                f'((role:member or role:service) and {_IN_PROJECT})'
            ),
            description='Those who work in a project.',
            scope_types=PROJECT_SCOPE,
        ),
        policy.RuleDefault(
            name=READER.removeprefix('rule:'),
            check_str=f'{MEMBER} or (role:reader and {_IN_PROJECT})',
            description='Those who may look at what is in a project.',
            scope_types=PROJECT_SCOPE,
        ),
    ]
