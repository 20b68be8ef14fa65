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

"""The default rules of who may call what: one module per resource."""

import itertools

from oslo_policy import policy

from glint.policies import base
from glint.policies import credential
from glint.policies import image
from glint.policies import image_copy
from glint.policies import replication
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
        )
    )
