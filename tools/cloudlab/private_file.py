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

"""Write files for their owner only."""

import os
import pathlib


def write(path: pathlib.Path, text: str) -> None:
    """Write a file that only its owner can read, at once or not at all."""
    temporary = path.with_name(f'.{path.name}.new')
    temporary.unlink(missing_ok=True)
    descriptor = os.open(
        temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
    )
    with open(descriptor, 'w') as stream:
        stream.write(text)
    temporary.replace(path)
