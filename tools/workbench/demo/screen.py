# SPDX-License-Identifier: Apache-2.0

"""Sizes, bars and tables."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from rich import console
from rich import padding
from rich import progress
from rich import table

_INDENTATION = 6


def mib(count: float) -> str:
    """Write a number of bytes."""
    return f'{count / 2**20:.1f} MiB'


class Bars(progress.Progress):
    """A bar for each copy; where nothing can be written over, its end alone.

    :param names: of the sites, by their ids.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__(
            progress.TextColumn(' ' * (_INDENTATION - 1)),
            progress.TextColumn('{task.description:<5}'),
            progress.BarColumn(24),
            progress.TextColumn('{task.percentage:>3.0f}%'),
            progress.TextColumn('{task.fields[said]}'),
        )
        self._rows = {
            site_id: self.add_task(name, total=1.0, said='queued')
            for site_id, name in names.items()
        }

    def show(self, copies: Sequence[Any]) -> None:
        """Show how far the copies of a replication are."""
        for copy in copies:
            self.update(
                self._rows[copy.target_site_id],
                completed=_share(copy),
                said=_said(copy),
            )


def _share(copy: Any) -> float:
    if copy.state == 'completed':
        return 1.0
    return float(copy.bytes_sent / copy.bytes_total) if copy.bytes_total else 0


def _said(copy: Any) -> str:
    parts = [f'{mib(copy.bytes_sent):>10}']
    if copy.state == 'completed':
        parts.append(f'{copy.outcome} and verified')
    else:
        if copy.rate:
            parts.append(f'{mib(copy.rate):>9}/s')
        if copy.eta:
            parts.append(f'ETA {copy.eta} s')
        parts.append(copy.phase or copy.state)
    return '  '.join(parts)


def matrix(clouds: Mapping[str, Iterable[Any]]) -> None:
    """Write which cloud has which image, by what each Glance says.

    :param clouds: the images of each, by its name.
    """
    rows: dict[str, dict[str, Any]] = {}
    for cloud, images in clouds.items():
        for image in images:
            rows.setdefault(image.name, {})[cloud] = image
    grid = table.Table('IMAGE', *map(str.upper, clouds), box=None)
    for name, row in sorted(rows.items(), key=_age):
        grid.add_row(
            f'{name}\n  sha512', *(_cell(row.get(cloud)) for cloud in clouds)
        )
    console.Console().print(
        padding.Padding(grid, (0, 0, 0, _INDENTATION - 1)), highlight=False
    )


def _age(item: tuple[str, dict[str, Any]]) -> str:
    return min(str(image.created_at) for image in item[1].values())


def _cell(image: Any) -> str:
    return f'{mib(image.size)}\n{image.hash_value[:12]}...' if image else '-'
