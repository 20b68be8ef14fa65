# SPDX-License-Identifier: Apache-2.0

"""What each failure of a site means: one table, from the call to the remedy.

The first row that fits counts: those of the call, then those of any call.
The codes are part of the API: once used, they stay.
"""

from collections.abc import Iterator

from glint.image.refusal import access as failure_access
from glint.image.refusal import row as failure_row
from glint.image.refusal import source as failure_source
from glint.image.refusal import target as failure_target

#: By what was asked of the site; 'source', 'preflight' and 'verify' were
#: not asked but concluded from what the sites say of themselves and images.
BY_CALL = {
    **failure_access.BY_CALL,
    **failure_source.BY_CALL,
    **failure_target.BY_CALL,
}


def rows(call: str) -> Iterator[failure_row.Row]:
    """The rows for a call, in the order in which they count.

    :param call: one of :data:`BY_CALL`
    """
    yield from BY_CALL[call]
    yield from failure_access.BY_ANY_CALL
