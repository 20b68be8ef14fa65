# SPDX-License-Identifier: Apache-2.0

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
