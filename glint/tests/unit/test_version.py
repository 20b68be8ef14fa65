# SPDX-License-Identifier: Apache-2.0

"""Tests of the package's version."""

from importlib import metadata

from glint import version
from glint.tests import base


class VersionTestCase(base.TestCase):
    def test_version_string_is_that_of_the_distribution(self) -> None:
        self.assertEqual(
            metadata.version('openstack-glint').split('.dev')[0],
            version.version_info.version_string().split('.dev')[0],
        )
