# SPDX-License-Identifier: Apache-2.0

"""Queries for lists of images, of which each value means what it says."""

import urllib.parse

#: Fields of which Glance takes what stands before a colon for an operator:
#: ``neq:x``, ``in:a,b``, and in ``Debian 12: nightly`` one that it does not
#: know. All other fields, and properties, are compared as they are.
_WITH_OPERATORS = frozenset(
    (
        'container_format',
        'created_at',
        'disk_format',
        'id',
        'name',
        'status',
        'updated_at',
    )
)


def path(**query: str) -> str:
    """Say where the images of which fields have some values are listed.

    :param query: the values of fields and properties, which may be a user's
        or another cloud's, and of ``limit`` and ``marker``
    :returns: path and query
    """
    quoted = {
        key: f'eq:{value}' if key in _WITH_OPERATORS else value
        for key, value in query.items()
    }
    return '/v2/images?' + urllib.parse.urlencode(quoted)
