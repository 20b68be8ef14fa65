# SPDX-License-Identifier: Apache-2.0

"""What a command says that could not change all rows."""

from glint import exception


def refuse(told: str, left: int) -> None:
    """Fail if rows are left that other transactions have locked.

    :param told: what was done nevertheless, in a sentence.
    :param left: how many rows are left.
    :raises GlintException: if there are any.
    """
    if left:
        raise exception.GlintException(
            '%s %d more are left, for other transactions have locked their '
            'rows in the database. Look for them with the tools of the '
            'database, then run the command again.' % (told, left)
        )
