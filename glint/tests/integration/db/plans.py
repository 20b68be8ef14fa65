# SPDX-License-Identifier: Apache-2.0

"""How a database server goes about the statements of a function."""

from collections.abc import Callable
from collections.abc import Iterator
import dataclasses
import json
from typing import Any

from sqlalchemy import event

from glint.db import engine

#: Tables with as many rows as there are replications.
BIG = ('replications', 'copies', 'attempts')


@dataclasses.dataclass(frozen=True)
class Step:
    """A line of a plan.

    :ivar table: that is read; '' for one that only sorts.
    :ivar how: it is read, in the server's words.
    :ivar rows: that the server expects to look at.
    :ivar whole: whether all rows of the table are read.
    :ivar sorts: whether the rows are sorted.
    """

    table: str
    how: str
    rows: int
    whole: bool = False
    sorts: bool = False


@dataclasses.dataclass(frozen=True)
class Plan:
    """What the server does for one statement."""

    statement: str
    steps: list[Step]


def explain(function: Callable[[], Any]) -> list[Plan]:
    """Run a function, and ask for the plan of each of its statements.

    Only statements about the big tables count.
    """
    at = engine.manager.writer.get_engine()
    found: dict[str, Plan] = {}

    def execute(
        _connection: Any,
        _cursor: Any,
        statement: str,
        parameters: Any,
        _context: Any,
        executemany: bool,
    ) -> None:
        verb = statement.split(maxsplit=1)[0]
        if verb in ('SELECT', 'UPDATE', 'DELETE') and not executemany:
            steps = _ask(asker, statement, parameters)
            steps = [step for step in steps if step.table in (*BIG, '')]
            if any(step.table for step in steps):
                found.setdefault(statement, Plan(statement, steps))

    asker = at.raw_connection()
    event.listen(at, 'before_cursor_execute', execute)
    try:
        function()
    finally:
        event.remove(at, 'before_cursor_execute', execute)
        asker.close()
    return list(found.values())


def _ask(asker: Any, statement: str, parameters: Any) -> list[Step]:
    postgresql = engine.manager.writer.get_engine().dialect.name == (
        'postgresql'
    )
    cursor = asker.cursor()
    prefix = 'EXPLAIN (FORMAT JSON) ' if postgresql else 'EXPLAIN '
    try:
        cursor.execute(prefix + statement, parameters)
        if postgresql:
            [[answer]] = cursor.fetchall()
            if isinstance(answer, str):
                answer = json.loads(answer)
            cursor.execute('SELECT relname, reltuples FROM pg_class')
            return [*_postgresql(answer[0]['Plan'], dict(cursor.fetchall()))]
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, r, strict=True)) for r in cursor.fetchall()]
        return [_mariadb(row) for row in rows if row['table']]
    finally:
        cursor.close()
        asker.rollback()


def _mariadb(row: dict[str, Any]) -> Step:
    extra = row['Extra'] or ''
    aliases = {
        f'{table}_{number}': table for table in BIG for number in range(1, 9)
    }
    name = aliases.get(row['table'], row['table'])
    words = [row['type'] or '', row['key'] or 'no index', extra]
    return Step(
        table=name,
        how=', '.join(filter(None, words)),
        # Of those that an index gives, a filter may leave a part: "143 (3%)".
        rows=int(str(row['rows'] or 0).split()[0]),
        whole=row['type'] in ('ALL', 'index'),
        sorts='filesort' in extra,
    )


def _postgresql(
    node: dict[str, Any], sizes: dict[str, float]
) -> Iterator[Step]:
    kind = node['Node Type']
    index = node.get('Index Name')
    if 'Relation Name' in node and kind != 'ModifyTable':
        whole = kind == 'Seq Scan'
        table = node['Relation Name']
        # A plan tells how many rows are found, not how many are read.
        rows = int(sizes[table]) if whole else node['Plan Rows']
        how = f'{kind}, {index}' if index else kind
        yield Step(table, how, rows, whole)
    elif kind == 'Bitmap Index Scan':
        yield Step('', f'{kind}, {index}', node['Plan Rows'])
    elif kind == 'Sort':
        yield Step('', kind, node['Plan Rows'], sorts=True)
    for child in node.get('Plans', ()):
        yield from _postgresql(child, sizes)
