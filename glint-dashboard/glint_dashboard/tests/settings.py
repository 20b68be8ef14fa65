# SPDX-License-Identifier: Apache-2.0

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
