# SPDX-License-Identifier: Apache-2.0

"""How rules look."""

from collections.abc import Iterator
from typing import Any

from cliff import columns

from glintclient.i18n import _
from glintclient.osc import formats
from glintclient.osc import printable
from glintclient.osc.v1 import site_names
from glintclient.osc.v1 import span
from glintclient.v1 import rule as _rule

Rule = _rule.Rule

#: What a rule says in the words of the API, beside name and sites; the file
#: of a rule has all of it.
SAID = (
    'description',
    'enabled',
    'priority',
    'credential_ids',
    'select',
    'trigger',
    'options',
    'follow',
    'on_drift',
    'on_missing',
    'on_removed',
    'publish',
    'max_active',
)


class Settings(columns.FormattableColumn[dict[str, Any]]):
    """What a part of a rule says: a line for each that is said in a table."""

    def human_readable(self) -> str:
        return '\n'.join(
            printable.line(f'{key}: {value}')
            for key, value in _lines(self._value or {})
        )


def _lines(
    value: dict[str, Any], prefix: str = ''
) -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        if isinstance(item, dict):
            yield from _lines(item, f'{prefix}{key}.')
        elif isinstance(item, list) and item:
            yield f'{prefix}{key}', ', '.join(map(str, item))
        elif item not in (None, []):
            yield f'{prefix}{key}', str(item)


class Trigger(columns.FormattableColumn[dict[str, Any]]):
    """When a rule is executed: a few words in a table."""

    def human_readable(self) -> str:
        every, cron = self._value.get('every'), self._value.get('cron')
        if every is not None:
            return _('every %s') % span.write(every)
        if cron is not None:
            return f'{cron} {self._value.get("timezone") or "UTC"}'
        return _('by hand')


class Removal(Settings):
    """What becomes of replicas whose image is gone."""

    def human_readable(self) -> str:
        found = dict(self._value or {})
        if found.get('grace') is not None:
            found['grace'] = span.write(found['grace'])
        return Settings(found).human_readable()


class Counts(columns.FormattableColumn[dict[str, int] | None]):
    """How many there are of each kind."""

    def human_readable(self) -> str:
        return ', '.join(
            f'{count} {state}'
            for state, count in (self._value or {}).items()
            if state != 'total' and count
        )


class Last(columns.FormattableColumn[dict[str, Any] | None]):
    """The last execution: its state and its end in a table."""

    def human_readable(self) -> str:
        if not self._value:
            return ''
        ended = formats.moment(self._value.get('finished_at'))
        return ' '.join(filter(None, (str(self._value['state']), ended)))


def detail(rule: Rule, names: site_names.SiteNames) -> dict[str, Any]:
    """Make what is shown of one rule.

    What the rule says is so written that it can be made again of it.

    :param names: the names of the sites.
    :returns: the values by their names.
    """
    columns_of = {
        'description': formats.Block,
        'credential_ids': formats.List,
        'select': Settings,
        'trigger': Trigger,
        'options': Settings,
        'follow': formats.List,
        'on_removed': Removal,
    }
    said = {key: getattr(rule, key) for key in SAID}
    return {
        'id': rule.id,
        'name': rule.name,
        'state': rule.state,
        'state_detail': formats.Text(rule.state_detail),
        'source_site': names.word(rule.source_site_id),
        'target_sites': formats.List(
            [names.word(item) for item in rule.target_site_ids]
        ),
        **{
            key: columns_of[key](value) if key in columns_of else value
            for key, value in said.items()
        },
        'next_execution_at': formats.Time(rule.next_execution_at),
        'last_execution': Last(rule.last_execution),
        'replicas_summary': Counts(rule.replicas_summary),
        'generation': rule.generation,
        'user_id': rule.user_id,
        'project_id': rule.project_id,
        'created_at': formats.Time(rule.created_at),
        'updated_at': formats.Time(rule.updated_at),
    }
