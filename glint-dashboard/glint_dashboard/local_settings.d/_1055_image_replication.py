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

"""Where Horizon finds the policies of the image replication service.

The files stay in the package; so an upgrade brings the new defaults. Rules
that the operator has changed for the service belong into a file that
POLICY_FILES names in local_settings.py, which is read before.
"""

import importlib.util
import os.path

from openstack_dashboard import defaults

_CONF = os.path.join(
    os.path.dirname(importlib.util.find_spec('glint_dashboard').origin),
    'conf',
)
defaults.POLICY_FILES.setdefault(
    'image-replication', os.path.join(_CONF, 'glint_policy.yaml')
)
defaults.DEFAULT_POLICY_FILES.setdefault(
    'image-replication',
    os.path.join(_CONF, 'default_policies', 'glint.yaml'),
)
