# SPDX-License-Identifier: Apache-2.0

"""Admin > Compute > Image Replication."""

PANEL = 'image_replication'
PANEL_DASHBOARD = 'admin'
PANEL_GROUP = 'compute'
ADD_PANEL = (
    'glint_dashboard.content.admin_image_replication.panel.ImageReplication'
)
