# SPDX-License-Identifier: Apache-2.0

"""The versions of the API; rest_api_version_history.rst tells them apart."""

SERVICE_TYPE = 'image-replication'

#: All of them, the oldest first.
VERSIONS = ['1.0']
