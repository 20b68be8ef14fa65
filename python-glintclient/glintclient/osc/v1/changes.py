# SPDX-License-Identifier: Apache-2.0

"""Changes of the fields of an image."""

from typing import Any

from cliff import columns

from glintclient.osc import printable


class Changes(columns.FormattableColumn[dict[str, list[Any]] | None]):
    """What is there and what it becomes: a line for each field in a table."""

    def human_readable(self) -> str:
        return '\n'.join(
            printable.line(f'{key}: {_word(before)} -> {_word(after)}')
            for key, (before, after) in sorted((self._value or {}).items())
        )


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ', '.join(map(str, value))
    return '-' if value is None else str(value)
