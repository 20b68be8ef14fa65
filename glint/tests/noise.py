# SPDX-License-Identifier: Apache-2.0

"""Data for images that is like no other data."""

import os
import random

#: Where a boot sector ends so, Glance looks for its partitions; in noise there
#: are none, and it refuses the image.
_SIGNATURE = b'\x55\xaa'


def make(size: int, seed: int | None = None) -> bytes:
    """Make data that any Glance takes as ``raw``.

    :param size: in bytes.
    :param seed: gives the same data again.
    """
    chosen = random.Random(seed)
    data = os.urandom(size) if seed is None else chosen.randbytes(size)
    return data.replace(_SIGNATURE, b'\0\0')
