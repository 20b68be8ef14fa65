# SPDX-License-Identifier: Apache-2.0

"""Project > Compute > Image Replication."""

from glint_dashboard import exception

PANEL = 'image_replication'
PANEL_DASHBOARD = 'project'
PANEL_GROUP = 'compute'
ADD_PANEL = 'glint_dashboard.content.image_replication.panel.ImageReplication'
ADD_INSTALLED_APPS = ['glint_dashboard']
ADD_ANGULAR_MODULES = ['horizon.app.image_replication']
ADD_JS_FILES = [
    'dashboard/image_replication/live.js',
    'dashboard/image_replication/matrix.js',
    'dashboard/image_replication/images_action.js',
]
ADD_SCSS_FILES = ['dashboard/image_replication/image_replication.scss']
ADD_EXCEPTIONS = {
    'not_found': (exception.NotFound,),
    'recoverable': (exception.ServiceError,),
}
