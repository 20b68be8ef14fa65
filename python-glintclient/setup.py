# SPDX-License-Identifier: Apache-2.0

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
