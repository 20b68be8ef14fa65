# SPDX-License-Identifier: Apache-2.0

"""Tests of the errors."""

from collections.abc import Iterator
import re

from glint import exception
from glint.tests import base


def _below(
    parent: type[exception.GlintException],
) -> Iterator[type[exception.GlintException]]:
    yield parent
    for child in parent.__subclasses__():
        yield from _below(child)


class ExceptionTestCase(base.TestCase):
    #: Bases of others that are never raised themselves may come here.
    ALL = tuple(_below(exception.GlintException))

    def test_message_is_sentences_without_gaps(self) -> None:
        for cause in self.ALL:
            names = re.findall(r'%\((\w+)\)s', cause.msg_fmt)
            message = str(cause(**dict.fromkeys(names, 'Reason.')))
            self.assertRegex(message, r'^[A-Z].*\.$', cause)
            self.assertNotIn('%', message, cause)

    def test_operators_are_not_told_to_ask_themselves(self) -> None:
        error = exception.SecretsUnavailable(reason='There are no keys.')
        self.assertIn('Ask the operator', str(error))
        self.assertEqual(
            'Glint cannot read or write secrets now: There are no keys.',
            error.for_operators,
        )
        busy = exception.Conflict(reason='Busy.')
        self.assertEqual(str(busy), busy.for_operators)

    def test_given_message_comes_first(self) -> None:
        self.assertEqual('Sorry.', str(exception.NotFound('Sorry.')))

    def test_every_error_has_a_code_of_its_own(self) -> None:
        codes = [cause.code for cause in self.ALL]
        self.assertEqual(sorted(set(codes)), sorted(codes))
        for code in codes:
            self.assertRegex(code, r'^[a-z]+(\.[a-z]+(_[a-z]+)*)?$')

    def test_every_error_has_a_status_of_http_and_a_title(self) -> None:
        for cause in self.ALL:
            self.assertIn(cause.status // 100, (4, 5), cause)
            self.assertRegex(cause.title, r'^[A-Z][^.]*[a-z]$', cause)
