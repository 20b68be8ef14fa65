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
