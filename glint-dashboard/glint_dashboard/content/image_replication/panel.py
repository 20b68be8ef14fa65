# SPDX-License-Identifier: Apache-2.0

"""The panel in the dashboard of projects."""

from django.utils.translation import gettext_lazy as _
import horizon

from glint_dashboard import policy
from glint_dashboard.api import adapter


class ImageReplication(horizon.Panel):
    name = _('Image Replication')
    slug = 'image_replication'
    permissions = (f'openstack.services.{adapter.SERVICE_TYPE}',)
    policy_rules = (policy.rule('site:index'),)
