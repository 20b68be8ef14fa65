# SPDX-License-Identifier: Apache-2.0

"""An image that is larger than what Glint may keep in memory."""

import hashlib
import os
import pathlib
import tempfile
import time
from typing import Any
import unittest

from testtools import content

from glint.tests.functional import base

MIB = 1024 * 1024
GIB = 1024 * MIB


def load_tests(
    _loader: unittest.TestLoader, tests: unittest.TestSuite, _pattern: str
) -> unittest.TestSuite:
    """Leave the test out unless it is asked for, as it takes minutes."""
    wanted = os.environ.get('GLINT_TEST_LARGE')
    return tests if wanted else unittest.TestSuite()


class LargeTest(base.TestCase):
    DEFAULT_TIMEOUT = 900

    def test_image_of_5_gib_needs_little_memory(self) -> None:
        size = 5 * GIB
        cloud = self.lab.clouds[1]
        west = self.add_site(cloud)
        image = self._make_sparse_image(size)
        _memory()
        before = _memory()
        began = time.monotonic()
        replication = self.replicate(image.id, west)
        seconds = time.monotonic() - began
        extra = _memory() - before
        self.addDetail(
            'figures',
            content.text_content(
                f'{seconds:.1f} s, {size / seconds / MIB:.0f} MiB/s, '
                f'{extra / MIB:.1f} MiB of memory'
            ),
        )
        made = self.copied(replication, cloud)
        self.assertEqual((size, self.digest), (made.size, made.os_hash_value))
        self.assertLess(extra, 64 * MIB)

    def _make_sparse_image(self, size: int) -> Any:
        glance = self.lab.home.member.glance()
        image = glance.images.create(
            name='sparse', disk_format='raw', container_format='bare'
        )
        self.addCleanup(self._delete, glance, image.id)
        with tempfile.TemporaryFile() as sparse:
            sparse.truncate(size)
            self.digest = hashlib.file_digest(sparse, 'sha512').hexdigest()
            sparse.seek(0)
            glance.images.upload(image.id, sparse, image_size=size)
        return image


def _memory() -> int:
    """Return the most that this process had in memory since the last call.

    :returns: bytes.
    """
    process = pathlib.Path('/proc/self')
    fields = dict(
        line.split(':', 1)
        for line in (process / 'status').read_text().splitlines()
    )
    (process / 'clear_refs').write_text('5')
    return int(fields['VmHWM'].split()[0]) * 1024
