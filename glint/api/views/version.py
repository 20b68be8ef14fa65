# SPDX-License-Identifier: Apache-2.0

"""How the version of the API looks in answers."""

from typing import Any

from glint.api import microversion


def view(base_url: str) -> dict[str, Any]:
    """Describe the version as clients of OpenStack look it up.

    :param base_url: the address of the API, without a version.
    """
    # Apache hands on the slash that may end a request for the prefix alone.
    base_url = base_url.rstrip('/')
    return {
        'id': 'v1.0',
        'status': 'CURRENT',
        'min_version': microversion.VERSIONS[0],
        'version': microversion.VERSIONS[-1],
        'links': [{'rel': 'self', 'href': f'{base_url}/v1/'}],
    }
