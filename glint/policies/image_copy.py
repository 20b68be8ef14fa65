# SPDX-License-Identifier: Apache-2.0

"""Rules of the calls on copies."""

from oslo_policy import policy

from glint.policies import base

INDEX = 'image-replication:copy:index'
GET = 'image-replication:copy:get'
CANCEL = 'image-replication:copy:cancel'
RETRY = 'image-replication:copy:retry'

_COPIES = '/v1/replications/{replication_id}/copies'


def list_rules() -> list[policy.DocumentedRuleDefault]:
    return [
        base.rule(
            'copy:index',
            base.READER,
            'List the copies of a replication.',
            f'GET {_COPIES}',
        ),
        base.rule(
            'copy:get',
            base.READER,
            'Show a copy.',
            f'GET {_COPIES}/{{copy_id}}',
        ),
        base.rule(
            'copy:cancel',
            base.MEMBER,
            'Cancel a copy.',
            f'PUT {_COPIES}/{{copy_id}}/cancel',
        ),
        base.rule(
            'copy:retry',
            base.MEMBER,
            'Retry a failed, cancelled or parked copy.',
            f'PUT {_COPIES}/{{copy_id}}/retry',
        ),
    ]
