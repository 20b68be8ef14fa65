# SPDX-License-Identifier: Apache-2.0

"""Tests of who makes an image that several copies are to bring."""

from typing import Any

from glint import states
from glint.db import image_copy as db_image_copy
from glint.db import leftover as db_leftover
from glint.db import replication as db_replication
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.db.queue import reservation
from glint.tests.unit.db import base


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.asked = self.request()
        self.first = self._claim()

    def _claim(self, **values: Any) -> lease.ImageCopy:
        made, _new = db_replication.create(self.context, **self.asked | values)
        [copy] = self.claim(made.id)
        return copy

    def _ask(
        self, copy: lease.ImageCopy, image_id: str = 'i', **kwargs: Any
    ) -> reservation.Maker | None:
        return reservation.reserve(self.context, copy, image_id, **kwargs)

    def _reserve(self, *args: Any, **kwargs: Any) -> str | None:
        """Reserve an image; return the id of the replication to wait for."""
        maker = self._ask(*args, **kwargs)
        return maker and maker.replication_id

    def _note_content(self, copy: lease.ImageCopy, content: str) -> None:
        db_replication.set_image(
            self.context, copy.replication_id, 'x', 1, content
        )


class ReserveTestCase(TestCase):
    def test_first_copy_gets_it_and_has_its_image_noted(self) -> None:
        self.assertIsNone(self._reserve(self.first, 'image'))
        row = self.copy(self.first.replication_id)
        self.assertEqual('image', row.target_image_id)

    def test_second_copy_of_the_image_is_told_who_makes_it(self) -> None:
        second = self._claim()
        self._reserve(self.first)
        self.assertEqual(self.first.replication_id, self._reserve(second))
        row = self.copy(second.replication_id)
        self.assertIsNone(row.target_image_id)

    def test_copy_gets_again_what_it_has(self) -> None:
        self._reserve(self.first)
        self.assertIsNone(self._reserve(self.first, 'another'))

    def test_copy_that_has_reserved_nothing_is_not_waited_for(self) -> None:
        second = self._claim()
        self.assertIsNone(self._reserve(second))
        self.assertEqual(second.replication_id, self._reserve(self.first))

    def test_copy_that_is_being_cancelled_is_waited_for(self) -> None:
        second = self._claim()
        self._reserve(self.first)
        db_image_copy.cancel(self.context, self.first.replication_id)
        self.assertEqual(self.first.replication_id, self._reserve(second))

    def test_ended_copy_is_not_waited_for(self) -> None:
        second = self._claim()
        self._reserve(self.first)
        lease.complete(self.context, self.first, outcome=states.COPIED)
        self.assertIsNone(self._reserve(second))

    def test_same_content_of_another_image_is_the_same(self) -> None:
        second = self._claim(image_id='another')
        for copy in (self.first, second):
            self._note_content(copy, 'sha512:ab')
        self._reserve(self.first)
        self.assertEqual(self.first.replication_id, self._reserve(second))

    def test_other_content_of_another_image_is_not_waited_for(self) -> None:
        second = self._claim(image_id='another')
        self._note_content(self.first, 'sha512:ab')
        self._note_content(second, 'sha512:cd')
        self._reserve(self.first)
        self.assertIsNone(self._reserve(second))

    def test_two_images_of_unknown_content_are_not_the_same(self) -> None:
        second = self._claim(image_id='another')
        self._reserve(self.first)
        self.assertIsNone(self._reserve(second))

    def test_another_project_is_not_waited_for(self) -> None:
        second = self._claim(project_id='another')
        self._reserve(self.first)
        self.assertIsNone(self._reserve(second))

    def test_another_site_is_not_waited_for(self) -> None:
        targets = self.request()['targets']
        second = self._claim(targets=targets)
        self._reserve(self.first)
        self.assertIsNone(self._reserve(second))

    def test_part_that_another_image_needs_too_is_waited_for(self) -> None:
        second = self._claim(image_id='another')
        self._reserve(self.first, made={'k': 'sha512:k', 'r': 'sha512:r'})
        self.assertEqual(
            self.first.replication_id,
            self._reserve(second, made={'mine': 'sha512:r'}),
        )
        row = self.copy(second.replication_id)
        self.assertEqual(
            (None, None), (row.target_image_id, row.made_image_ids)
        )

    def test_other_parts_are_not_waited_for(self) -> None:
        second = self._claim(image_id='another')
        self._reserve(self.first, made={'k': 'sha512:k', 'x': None})
        made = {'mine': 'sha512:r', 'y': None}
        self.assertIsNone(self._reserve(second, made=made))
        self.assertEqual(made, self.copy(second.replication_id).made_image_ids)

    def test_complete_part_is_not_waited_for(self) -> None:
        second = self._claim(image_id='another')
        self._reserve(self.first, made={'k': 'sha512:k'})
        renewal.renew(self.context, self.first, made_image_ids={'k': None})
        self.assertIsNone(self._reserve(second, made={'mine': 'sha512:k'}))

    def test_image_that_is_a_part_of_another_is_waited_for(self) -> None:
        second = self._claim(image_id='another')
        self._note_content(second, 'sha512:k')
        self._reserve(self.first, made={'k': 'sha512:k'})
        self.assertEqual(self.first.replication_id, self._reserve(second))

    def test_stranger_is_not_waited_for(self) -> None:
        second = self._claim()
        self._reserve(self.first)
        self.assertIsNone(self._reserve(second, strangers={self.first.id}))

    def test_maker_tells_what_it_makes_and_whether_it_began(self) -> None:
        second = self._claim()
        self._reserve(self.first, 'image', made={'k': 'sha512:k'})
        maker = self._ask(second)
        self.assertEqual(
            (self.first.id, self.first.credential_id, ('image', 'k'), False),
            (
                maker.copy_id,
                maker.credential_id,
                maker.image_ids,
                maker.begun,
            ),
        )
        renewal.renew(self.context, self.first, phase=states.SENDING)
        self.assertTrue(self._ask(second).begun)

    def test_one_of_many_at_the_same_moment_gets_it(self) -> None:
        copies = [self.first, *(self._claim() for _number in range(5))]
        answers = self.together(
            *(lambda copy=copy: self._reserve(copy) for copy in copies)
        )
        self.assertEqual(1, answers.count(None))


class WithdrawTestCase(TestCase):
    """A copy that is to remove what it has made."""

    def setUp(self) -> None:
        super().setUp()
        self._reserve(self.first, made={'k': 'sha512:k'})
        renewal.renew(self.context, self.first, made_image_ids={'k': None})

    def _withdraw(self, copy: lease.ImageCopy) -> bool:
        contents = ['sha512:k', 'md5:k']
        made = {'k': 'sha512:k'}
        return reservation.withdraw(self.context, copy, 'k', contents, made)

    def test_image_may_go_and_who_comes_later_waits(self) -> None:
        self.assertTrue(self._withdraw(self.first))
        second = self._claim(image_id='another')
        self.assertEqual(
            self.first.replication_id,
            self._reserve(second, made={'mine': 'sha512:k'}),
        )

    def test_image_stays_for_a_copy_that_may_adopt_it(self) -> None:
        for content in ('sha512:k', 'md5:k'):
            other = self._claim(image_id='another', project_id='another')
            self._reserve(other, made={'mine': content})
            self.assertFalse(self._withdraw(self.first))
            lease.complete(self.context, other, outcome=states.COPIED)
        self.assertTrue(self._withdraw(self.first))

    def test_image_stays_for_a_copy_that_has_adopted_it(self) -> None:
        second = self._claim(image_id='another')
        self._reserve(second, made={'k': None})
        self.assertFalse(self._withdraw(self.first))
        row = self.copy(self.first.replication_id)
        self.assertEqual({'k': None}, row.made_image_ids)

    def test_image_stays_when_the_copy_is_of_another_conductor(self) -> None:
        lost = self.first
        lost.lease = 'another'
        self.assertFalse(self._withdraw(lost))

    def test_copy_that_is_cleaned_is_waited_for(self) -> None:
        lease.fail(self.context, self.first, {'code': 'x'})
        second = self._claim(image_id='another')
        made = {'mine': 'sha512:k'}
        self.assertIsNone(self._reserve(second, made=made))
        self.assertFalse(self._withdraw(self._take()))
        lease.complete(self.context, second, outcome=states.COPIED)

        taken = self._take()
        self.assertTrue(self._withdraw(taken))
        third = self._claim(image_id='another')
        self.assertEqual(
            self.first.replication_id, self._reserve(third, made=made)
        )
        db_leftover.release(self.context, taken)
        self.assertIsNone(self._reserve(third, made=made))

    def _take(self) -> lease.ImageCopy:
        taken = db_leftover.take(
            self.context, self.copy(self.first.replication_id), 60
        )
        assert taken is not None
        return taken

    def test_copy_that_is_retried_while_it_is_cleaned_is_waited_for(
        self,
    ) -> None:
        lease.fail(self.context, self.first, {'code': 'x'})
        self._withdraw(self._take())
        db_image_copy.retry(
            self.context,
            self.first.replication_id,
            self.asked['source_credential_id'],
            {self.first.id: self.first.credential_id},
        )
        second = self._claim(image_id='another')
        self.assertEqual(
            self.first.replication_id,
            self._reserve(second, made={'mine': 'sha512:k'}),
        )
