# SPDX-License-Identifier: Apache-2.0

"""Let threads of Keystone or Glance share an SQLite database.

uWSGI imports this before the application, in the environment of Keystone and
Glance; nothing else does.

oslo.db begins each transaction with ``BEGIN``. When two of them have read and
then both want to write, SQLite fails one at once with "database is locked",
and neither service tries again. A transaction that takes its lock at the
beginning waits for its turn instead.
"""

from typing import Any

from sqlalchemy import engine
from sqlalchemy import event


@event.listens_for(engine.Engine, 'before_cursor_execute', retval=True)
def _lock_at_the_beginning(
    connection: Any,
    cursor: Any,
    statement: str,
    parameters: Any,
    context: Any,
    executemany: bool,
) -> tuple[str, Any]:
    if statement == 'BEGIN':
        statement = 'BEGIN IMMEDIATE'
    return statement, parameters
