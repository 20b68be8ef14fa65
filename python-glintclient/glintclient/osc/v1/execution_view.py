# SPDX-License-Identifier: Apache-2.0

"""How executions of rules, and what they do, look."""

from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from cliff import columns

from glintclient.i18n import _
from glintclient.osc import formats
from glintclient.osc import printable
from glintclient.osc.v1 import changes
from glintclient.osc.v1 import replication_view
from glintclient.osc.v1 import rule_view
from glintclient.osc.v1 import site_names
from glintclient.v1 import execution as _execution
from glintclient.v1 import execution_item as _execution_item

Execution = _execution.Execution
ExecutionItem = _execution_item.ExecutionItem

_PLAN = ('Image', 'Target Site', 'Action', 'Size', 'Changes', 'Reason')
_ITEM_FIELDS = (
    'name',
    'source_image_id',
    'target_site_id',
    'target_image_id',
    'action',
    'state',
    'changes',
    'bytes',
    'reason',
    'replication_id',
)


def tells(item: ExecutionItem) -> bool:
    """Say whether there is something to tell of an item.

    There is not of a replica that is as it is to be.
    """
    return item.action != 'keep' or bool(item.reason)


class Items(columns.FormattableColumn[list[dict[str, Any]]]):
    """What an execution does: a line for each thing to tell in a table."""

    def __init__(
        self, items: Sequence[ExecutionItem], names: site_names.SiteNames
    ) -> None:
        super().__init__(
            [
                {'target_site': names.name(item.target_site_id)}
                | {key: getattr(item, key) for key in _ITEM_FIELDS}
                for item in items
            ]
        )
        self._lines = [
            _('%(image)s at %(site)s: %(what)s')
            % {
                'image': item.name or item.source_image_id,
                'site': names.name(item.target_site_id),
                'what': _describe(item),
            }
            for item in items
            if tells(item)
        ]

    def human_readable(self) -> str:
        return '\n'.join(map(printable.line, self._lines))


def _describe(item: ExecutionItem) -> str:
    words = [f'{item.action}, {item.state}']
    if item.bytes:
        words.append(formats.size(item.bytes))
    if item.reason:
        words.append(item.reason)
    return ', '.join(words)


def detail(
    execution: Execution,
    items: Sequence[ExecutionItem],
    names: site_names.SiteNames,
) -> dict[str, Any]:
    """Make what is shown of one execution.

    :param items: what it does.
    :param names: the names of the sites.
    :returns: the values by their names.
    """
    return {
        'id': execution.id,
        'rule_id': execution.rule_id,
        'state': execution.state,
        'trigger': execution.trigger,
        'dry_run': execution.dry_run,
        'complete': formats.Text(execution.complete),
        'counts': rule_view.Counts(execution.counts),
        'bytes': formats.Size(execution.bytes),
        'items': Items(items, names),
        'warnings': formats.Lines(execution.warnings or []),
        'error': replication_view.Error(execution.error),
        'generation': execution.generation,
        'created_at': formats.Time(execution.created_at),
        'started_at': formats.Time(execution.started_at),
        'finished_at': formats.Time(execution.finished_at),
    }


def plan(
    items: Iterable[ExecutionItem], names: site_names.SiteNames
) -> tuple[Sequence[str], Iterable[Any]]:
    """Make a row for each thing that would be done.

    :param items: those that there is something to tell of.
    :param names: the names of the sites.
    :returns: the headers, and the rows.
    """
    return _PLAN, [
        (
            item.name or item.source_image_id,
            names.name(item.target_site_id),
            item.action,
            formats.Size(item.bytes),
            # Of a copy, that is all that the image has.
            changes.Changes({} if item.action == 'copy' else item.changes),
            formats.Text(item.reason),
        )
        for item in items
    ]
