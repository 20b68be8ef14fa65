# SPDX-License-Identifier: Apache-2.0

"""The version of the installed package."""

import pbr.version

version_info = pbr.version.VersionInfo('openstack-glint')
