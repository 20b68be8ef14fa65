# SPDX-License-Identifier: Apache-2.0

"""Rules of the calls on rules."""

from oslo_policy import policy

from glint.policies import base

INDEX = 'image-replication:rule:index'
GET = 'image-replication:rule:get'
CREATE = 'image-replication:rule:create'
UPDATE = 'image-replication:rule:update'
DELETE = 'image-replication:rule:delete'
EXECUTE = 'image-replication:rule:execute'
TAKE_OVER = 'image-replication:rule:takeover'
CANCEL = 'image-replication:rule:cancel'
REMOVE_IMAGES = 'image-replication:rule:remove_images'
ALL_PROJECTS = 'image-replication:rule:all_projects'

_RULE = '/v1/rules/{rule_id}'
_EXECUTION = f'{_RULE}/executions/{{execution_id}}'


def list_rules() -> list[policy.DocumentedRuleDefault]:
    return [
        base.rule(
            'rule:index',
            base.READER,
            'List the rules of the project.',
            'GET /v1/rules',
        ),
        base.rule(
            'rule:get',
            base.READER,
            'Show a rule, its replicas and its executions.',
            f'GET {_RULE}',
            f'GET {_RULE}/replicas',
            f'GET {_RULE}/executions',
            f'GET {_EXECUTION}',
        ),
        base.rule(
            'rule:create',
            base.MEMBER,
            'Make a rule of which images are to be at which sites.',
            'POST /v1/rules',
        ),
        base.rule(
            'rule:update',
            base.MEMBER,
            'Change a rule, enable or disable it.',
            f'PATCH {_RULE}',
        ),
        base.rule(
            'rule:delete',
            base.MEMBER,
            'Delete a rule; the images stay.',
            f'DELETE {_RULE}',
        ),
        base.rule(
            'rule:execute',
            base.MEMBER,
            'Have a rule executed, or ask what that would do.',
            f'PUT {_RULE}/execute',
        ),
        base.rule(
            'rule:takeover',
            base.MEMBER,
            'Have a rule act for oneself.',
            f'PUT {_RULE}/takeover',
        ),
        base.rule(
            'rule:cancel',
            base.MEMBER,
            'Cancel an execution of a rule.',
            f'PUT {_EXECUTION}/cancel',
        ),
        base.rule(
            'rule:remove_images',
            base.MANAGER,
            'Let a rule remove images at its targets.',
            f'PUT {_EXECUTION}/approve',
            'POST /v1/rules',
            f'PATCH {_RULE}',
            f'PUT {_RULE}/takeover',
        ),
        base.rule(
            'rule:all_projects',
            base.ADMIN,
            'See the rules of all projects.',
            'GET /v1/rules',
            f'GET {_RULE}',
        ),
    ]
