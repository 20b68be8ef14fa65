# SPDX-License-Identifier: Apache-2.0

from typing import Any

import ddt

from glint.conductor.copy import dependency
from glint.image import failure
from glint.tests import base
from glint.tests.unit.conductor import glance


@ddt.ddt
class FindTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.home = self.useFixture(glance.Glance())
        self.image = self.home.add('i', b'', kernel_id='k', ramdisk_id='r')
        self.kernel = self.home.add('k', b'kernel')
        self.ramdisk = self.home.add('r', b'ramdisk')

    def _find(self, **options: Any) -> dict[str, Any]:
        return dependency.find(self.home.session(), self.image, options)

    def test_kernel_and_ramdisk_are_found(self) -> None:
        self.assertEqual(
            {'kernel_id': self.kernel, 'ramdisk_id': self.ramdisk},
            self._find(),
        )

    def test_image_that_boots_by_itself_asks_for_nothing(self) -> None:
        self.image.update(kernel_id='', ramdisk_id=None)
        self.assertEqual({}, self._find())
        self.assertEqual([], self.home.requests)

    def test_what_the_user_gives_is_not_looked_for(self) -> None:
        found = self._find(properties={'set': {'kernel_id': 'mine'}})
        self.assertEqual(['ramdisk_id'], list(found))

    def _refusal(self) -> failure.SiteFailure:
        return self.assertRaises(failure.SiteFailure, self._find)

    def test_missing_kernel_is_told(self) -> None:
        del self.home.images['k']
        found = self._refusal()
        self.assertEqual('source_no_kernel', found.code)
        self.assertIn('kernel_id is k', found.detail)

    def test_kernel_that_cannot_be_replicated_is_told(self) -> None:
        self.kernel['status'] = 'deactivated'
        found = self._refusal()
        self.assertEqual('source_deactivated', found.code)
        self.assertIn('kernel_id k', found.detail)

    @ddt.data('kernel_id', 'ramdisk_id')
    def test_image_that_names_itself_is_refused(self, key: str) -> None:
        self.image.update({key: 'i'})
        found = self._refusal()
        self.assertEqual('source_boots_itself', found.code)
        self.assertIn(f'{key} is i', found.detail)
        self.assertFalse(found.retryable)

    @ddt.data('kernel_id', 'ramdisk_id')
    def test_kernel_that_names_the_image_is_refused(self, key: str) -> None:
        self.kernel.update({key: 'i'})
        self.assertEqual('source_boots_itself', self._refusal().code)

    def test_circle_that_the_user_breaks_is_none(self) -> None:
        self.image.update(kernel_id='i')
        found = self._find(properties={'remove': ['kernel_id']})
        self.assertEqual(['ramdisk_id'], list(found))
