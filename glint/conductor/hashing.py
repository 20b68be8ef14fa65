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

"""Computes the hashes of data that are kept, also while they arrive."""

from collections.abc import Callable
from collections.abc import Iterable
import hashlib

from glint.conductor import reader


def digests(
    algorithms: Iterable[str],
    wait: Callable[[int], int],
    read_into: Callable[[int, memoryview], int],
) -> dict[str, str]:
    """Read data to their end, and compute their hashes.

    :param algorithms: their names
    :param wait: waits until there are bytes beyond an offset, or will be
        none, and says how many bytes there are, from the first on
    :param read_into: reads some of them from an offset on, and says how many
    :returns: the digests by the algorithms, in hexadecimal
    :raises ValueError: when an algorithm is unknown
    """
    hashes = {
        algorithm: hashlib.new(algorithm, usedforsecurity=False)
        for algorithm in algorithms
    }
    buffer = memoryview(bytearray(reader.PIECE))
    offset = 0
    while (there := wait(offset)) > offset:
        while offset < there:
            count = read_into(offset, buffer[: there - offset])
            for hasher in hashes.values():
                hasher.update(buffer[:count])
            offset += count
    return {name: hasher.hexdigest() for name, hasher in hashes.items()}
