# SPDX-License-Identifier: Apache-2.0

"""What the tests of an image in the making need."""

from collections.abc import Callable
from typing import Any

from glint import states
from glint.conductor.copy import storing
from glint.tests.unit.conductor import base
from glint.tests.unit.image import cloud

IMAGES = '/v2/images'
Answer = Callable[[cloud.Request], Any]


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.config(group='conductor', max_attempts=1)
        self.patch(storing, 'SETTLE', 0.5)
        self.patch(storing, 'GRACE', 0.5)
        self.patch(storing, '_PAUSE', 0.01)

    def first_put(self, answer: Answer) -> None:
        """Give the answer to the first upload only."""
        rest = iter([answer])
        self.west.on(
            'PUT', base.FILE, lambda r: next(rest, self.west._upload)(r)
        )

    def puts(self) -> list[str]:
        """Return the ids of the images that data were sent for."""
        return [
            request.path.split('/')[3]
            for request in self.west.sent('PUT', base.FILE)
        ]

    def assert_read(self, times: int) -> None:
        """The source was read so often.

        Once for each upload of the first attempt to an only target, whose
        data are in memory and then gone, and else once for all.
        """
        self.assertEqual(times, len(self.home.sent('GET', base.FILE)))

    def image(self, request: cloud.Request) -> dict[str, Any]:
        return self.west.images[request.path.split('/')[3]]

    def assert_copied(self, row: Any) -> None:
        """The image is there once, with the right data."""
        self.assertEqual(
            (states.COMPLETED, states.COPIED), (row.state, row.outcome)
        )
        self.assertEqual([row.target_image_id], list(self.west.images))
        self.assertEqual(base.DATA, self.west.data[row.target_image_id])
