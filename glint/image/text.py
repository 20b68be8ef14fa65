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

"""What text of a site is let in."""

import re
from typing import Any

#: Half a character, which JSON can name, cannot be written anywhere; and no
#: database but SQLite and MariaDB keeps the character 0.
_HALVES = re.compile('[\ud800-\udfff]')
_UNFIT = re.compile('[\x00\ud800-\udfff]')


def fits(value: Any, most: int) -> bool:
    """Say whether a value is text that can be kept.

    :param most: how many characters it may have
    """
    return (
        isinstance(value, str)
        and len(value) <= most
        and not _UNFIT.search(value)
    )


def is_whole(value: str) -> bool:
    """Say whether a text can be sent to another site."""
    return not _HALVES.search(value)


def mended(value: str) -> str:
    """Replace by a question mark what cannot be kept."""
    return _UNFIT.sub('?', value)
