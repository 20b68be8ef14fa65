# SPDX-License-Identifier: Apache-2.0

"""The database's clock, which all conductors share.

Leases are measured with it alone, so that a host whose own clock is wrong
neither loses its copies nor steals those of others.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext import compiler
from sqlalchemy.sql import expression

from glint.db import models


class utcnow(expression.FunctionElement[datetime]):
    """The present moment as naive UTC."""

    type = models.UTC
    inherit_cache = True


@compiler.compiles(utcnow, 'mysql')
@compiler.compiles(utcnow, 'mariadb')
def _mysql(_element: Any, _compiler: Any, **_kwargs: Any) -> str:
    return 'UTC_TIMESTAMP(6)'


@compiler.compiles(utcnow, 'postgresql')
def _postgresql(_element: Any, _compiler: Any, **_kwargs: Any) -> str:
    return "TIMEZONE('utc', CLOCK_TIMESTAMP())"


@compiler.compiles(utcnow, 'sqlite')
def _sqlite(_element: Any, _compiler: Any, **_kwargs: Any) -> str:
    # Six digits, as SQLAlchemy writes them: SQLite compares them as text.
    return "STRFTIME('%Y-%m-%d %H:%M:%f000', 'now')"


def now(session: orm.Session) -> datetime:
    """Ask the database for the time.

    :returns: naive UTC.
    """
    return session.scalars(sa.select(utcnow())).one()


def seconds(begin: datetime, end: datetime) -> int:
    """:returns: the whole seconds between two moments, 0 at the least."""
    return max(0, int((end - begin).total_seconds()))
