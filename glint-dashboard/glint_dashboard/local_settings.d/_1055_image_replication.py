# SPDX-License-Identifier: Apache-2.0

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
