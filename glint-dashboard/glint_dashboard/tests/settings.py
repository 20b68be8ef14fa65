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

"""Horizon's settings for tests, with the panels and the policies."""

import pathlib

from openstack_dashboard import enabled
from openstack_dashboard.test.settings import *  # noqa: F403
from openstack_dashboard.utils import settings as utils

import glint_dashboard.enabled

_CONF = pathlib.Path(glint_dashboard.__file__).parent / 'conf'

for _name in ('dashboards', 'default_dashboard'):
    HORIZON_CONFIG.pop(_name, None)  # noqa: F405
utils.update_dashboards(
    [enabled, glint_dashboard.enabled],
    HORIZON_CONFIG,  # noqa: F405
    INSTALLED_APPS,  # noqa: F405
)
# Horizon's own are there already.
INSTALLED_APPS = list(dict.fromkeys(INSTALLED_APPS))  # noqa: F405

COMPRESS_ENABLED = False
COMPRESS_PRECOMPILERS = ()

# Horizon's tests allow everything; these are to see the rules.
POLICY_CHECK_FUNCTION = 'openstack_auth.policy.check'
POLICY_FILES = {'image-replication': str(_CONF / 'glint_policy.yaml')}
DEFAULT_POLICY_FILES = {
    'image-replication': str(_CONF / 'default_policies' / 'glint.yaml')
}
