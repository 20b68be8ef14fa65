# SPDX-License-Identifier: Apache-2.0

"""How Sphinx builds the documentation."""

extensions = [
    'cliff.sphinxext',
    'openstackdocstheme',
    'oslo_config.sphinxconfiggen',
    'oslo_config.sphinxext',
    'oslo_policy.sphinxext',
    'oslo_policy.sphinxpolicygen',
    'sphinx.ext.autodoc',
]

project = 'Glint'
copyright = 'OpenStack Foundation'
root_doc = 'index'
html_theme = 'openstackdocs'
html_static_path = ['_static']
pygments_style = 'native'
add_module_names = False
autodoc_typehints = 'description'

man_pages = [
    (
        'cli/openstack',
        'openstack-image-replication',
        'replicate images between OpenStack clouds',
        'OpenStack',
        1,
    )
]

openstackdocs_repo_name = 'openstack/glint'
openstackdocs_auto_name = False

config_generator_config_file = '../../etc/glint/glint-config-generator.conf'
sample_config_basename = '_static/glint'

policy_generator_config_file = '../../etc/glint/glint-policy-generator.conf'
sample_policy_basename = '_static/glint'
