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

"""Let pbr, which reads pyproject.toml and setup.cfg, build the package."""

import configparser
import os
import pathlib

import setuptools

HERE = pathlib.Path(__file__).parent

# pbr finds the version in git or in an sdist; a plain tree has neither.
if not any((HERE / name).exists() for name in ('.git', 'PKG-INFO')):
    config = configparser.ConfigParser()
    config.read(HERE / 'setup.cfg')
    os.environ.setdefault('PBR_VERSION', config['metadata']['version'])

setuptools.setup(setup_requires=['pbr>=6.1.1'], pbr=True)
