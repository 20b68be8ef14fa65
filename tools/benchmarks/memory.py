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

"""The memory of this process."""

import pathlib
import re


def idle() -> float:
    """Return what it takes now, in MiB, and let its peak begin anew."""
    # See proc(5).
    pathlib.Path('/proc/self/clear_refs').write_text('5')
    return _status('VmRSS')


def peak() -> float:
    """Return the most that it took since then, in MiB."""
    return _status('VmHWM')


def _status(key: str) -> float:
    text = pathlib.Path('/proc/self/status').read_text()
    found = re.search(rf'^{key}:\s+(\d+) kB$', text, re.MULTILINE)
    assert found
    return int(found[1]) / 1024
