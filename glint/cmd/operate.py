# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""The commands about conductors and about copies that do not get on."""

from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime
import json
from typing import Any

import prettytable

from glint import conf
from glint import context as glint_context
from glint.db import conductor as db_conductor
from glint.db import stuck
from glint.db import takeover

_LATER = (
    'Other conductors take it up. If %s still runs, it takes up work again, '
    'too: stop it to prevent that.'
)


def list_stuck() -> str:
    """List the copies that do not get on, with the reasons."""
    command = conf.CONF.command
    found = stuck.index(
        glint_context.for_service(),
        conf.CONF.conductor.lease,
        command.older_than,
        command.reason or stuck.REASONS,
        command.limit,
    )
    return _show(stuck.Stuck._fields, found, command.json)


def list_conductors() -> str:
    """List the conductors that have copies, or had some."""
    found = db_conductor.index(glint_context.for_service())
    return _show(db_conductor.Conductor._fields, found, conf.CONF.command.json)


def evacuate() -> str:
    """Hand back all copies that a conductor holds."""
    name = conf.CONF.command.host
    queued, cancelled = takeover.evacuate(glint_context.for_service(), name)
    done = '%d copies queued again, %d cancelled ones to be cleaned up.' % (
        queued,
        cancelled,
    )
    return ' '.join([done, _LATER % name] if queued or cancelled else [done])


def _show(
    names: Sequence[str], rows: Iterable[Sequence[Any]], as_json: bool
) -> str:
    if as_json:
        found = [dict(zip(names, row, strict=True)) for row in rows]
        return json.dumps(found, default=_text, indent=2)
    table = prettytable.PrettyTable(names)
    table.align = 'l'
    for row in rows:
        table.add_row(['-' if cell is None else _text(cell) for cell in row])
    return str(table)


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec='seconds') + 'Z'
    return str(cell)
