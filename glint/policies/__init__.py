# SPDX-License-Identifier: Apache-2.0

"""The default rules of who may call what: one module per resource."""

import itertools

from oslo_policy import policy

from glint.policies import base
from glint.policies import credential
from glint.policies import image
from glint.policies import image_copy
from glint.policies import replication
from glint.policies import rule
from glint.policies import site


def list_rules() -> list[policy.RuleDefault]:
    """List all rules, for the enforcer and the sample generator."""
    return list(
        itertools.chain(
            base.list_rules(),
            site.list_rules(),
            credential.list_rules(),
            image.list_rules(),
            replication.list_rules(),
            image_copy.list_rules(),
            rule.list_rules(),
        )
    )
