# SPDX-License-Identifier: Apache-2.0

"""Which cloud has which image, by what each Glance says."""

from collections.abc import Sequence
from typing import Any

from workbench.demo import cloud as clouds
from workbench.demo import screen


def show(everywhere: Sequence[clouds.Cloud]) -> None:
    """Write the matrix: a row for each image, a column for each cloud."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for cloud in everywhere:
        for image in cloud.images():
            found.setdefault(str(image['name']), {})[cloud.name] = image
    lines = [['IMAGE', *(cloud.name.upper() for cloud in everywhere)]]
    for name, row in sorted(found.items(), key=_age):
        images = [row.get(cloud.name) for cloud in everywhere]
        lines.append([name, *(_size(image) for image in images)])
        lines.append(['  sha512', *(_digest(image) for image in images)])
    screen.table(lines)


def _age(item: tuple[str, dict[str, dict[str, Any]]]) -> str:
    return min(str(image['created_at']) for image in item[1].values())


def _size(image: dict[str, Any] | None) -> str:
    return screen.mib(image['size']) if image else '-'


def _digest(image: dict[str, Any] | None) -> str:
    return f'{image["os_hash_value"][:12]}...' if image else ''
