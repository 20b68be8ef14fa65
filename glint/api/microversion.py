# SPDX-License-Identifier: Apache-2.0

"""The versions of the API; rest_api_version_history.rst tells them apart."""

from typing import Any

SERVICE_TYPE = 'image-replication'

#: All of them, the oldest first.
VERSIONS = ['1.0', '1.1']


def has(environ: dict[str, Any], version: str) -> bool:
    """Say whether a request is for a version, or a later one.

    :param environ: the WSGI environment.
    :param version: one of :data:`VERSIONS`.
    """
    asked = str(environ[f'{SERVICE_TYPE}.microversion'])
    return VERSIONS.index(asked) >= VERSIONS.index(version)
