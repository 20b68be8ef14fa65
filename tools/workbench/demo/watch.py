# SPDX-License-Identifier: Apache-2.0

"""Shows a replication while it runs."""

import time
from typing import Any

from workbench.demo import glint as glints
from workbench.demo import screen

_INTERVAL = 0.2
_FINAL = ('completed', 'error', 'cancelled')


def watch(
    glint: glints.Glint, replication_id: str, names: dict[str, str]
) -> dict[str, Any]:
    """Show a replication until it ends, and return it.

    :param names: of the sites, by id.
    """
    panel = screen.Panel()
    while True:
        replication = glint.replication(replication_id)
        copies = replication['copies']
        panel.show(
            [_line(names[copy['target_site_id']], copy) for copy in copies],
            [_news(copy) for copy in copies],
        )
        if replication['state'] in _FINAL:
            return replication
        time.sleep(_INTERVAL)


def _share(copy: dict[str, Any]) -> float:
    if copy['state'] == 'completed':
        return 1.0
    total = copy['bytes_total']
    return float(copy['bytes_sent'] / total) if total else 0.0


def _news(copy: dict[str, Any]) -> str:
    """Say what is worth a new line: a step, or a quarter more."""
    return f'{_what(copy)} {int(4 * _share(copy))}'


def _what(copy: dict[str, Any]) -> str:
    return str(copy['outcome'] or copy['phase'] or copy['state'])


def _line(name: str, copy: dict[str, Any]) -> str:
    share = _share(copy)
    parts = [
        f'{name:<5} {screen.bar(share)} {share:4.0%} '
        f'{screen.mib(copy["bytes_sent"]):>10}'
    ]
    if copy['state'] == 'completed':
        parts.append(f'{_what(copy)} and verified')
    else:
        if copy['rate']:
            parts.append(f'{screen.mib(copy["rate"]):>9}/s')
        if copy['eta']:
            parts.append(f'ETA {copy["eta"]} s')
        parts.append(_what(copy))
    return '  '.join(parts)
