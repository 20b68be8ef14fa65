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

"""What each failure of a site means: one table, from the call to the remedy.

The first row that fits counts: those of the call, then those of any call.
The codes are part of the API: once used, they stay.
"""

from collections.abc import Iterator

from glint.image import failure_access
from glint.image import failure_row
from glint.image import failure_source
from glint.image import failure_target

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
