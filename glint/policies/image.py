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
