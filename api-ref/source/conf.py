# SPDX-License-Identifier: Apache-2.0

"""How Sphinx builds the API reference."""

extensions = [
    'openstackdocstheme',
    'os_api_ref',
]

project = 'Image Replication API Reference'
copyright = 'OpenStack Foundation'
root_doc = 'index'
html_theme = 'openstackdocs'
html_theme_options = {'sidebar_mode': 'toc'}
pygments_style = 'native'

openstackdocs_repo_name = 'openstack/glint'
openstackdocs_auto_name = False
openstackdocs_auto_version = False
