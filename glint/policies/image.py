# SPDX-License-Identifier: Apache-2.0

"""Rules of the call on images."""

from oslo_policy import policy

from glint.policies import base

LIST = 'image-replication:image:list'


def list_rules() -> list[policy.DocumentedRuleDefault]:
    return [
        base.rule(
            'image:list',
            base.READER,
            'List the images at the sites that the user has credentials for.',
            'GET /v1/images',
        ),
    ]
