# SPDX-License-Identifier: Apache-2.0

"""How Sphinx builds the release notes."""

extensions = [
    'openstackdocstheme',
    'reno.sphinxext',
]

project = 'Glint Release Notes'
copyright = 'OpenStack Foundation'
root_doc = 'index'
html_theme = 'openstackdocs'
pygments_style = 'native'

# The notes cover all versions.
release = ''
version = ''

openstackdocs_repo_name = 'openstack/glint'
openstackdocs_auto_name = False
openstackdocs_auto_version = False
