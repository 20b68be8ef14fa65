# SPDX-License-Identifier: Apache-2.0

"""The row of a project, which is locked while its things are counted.

A lock comes before anything is read: on some databases a transaction goes on
to see what was there at its first look.
"""

from oslo_db import exception as db_exception
from oslo_utils import timeutils
import sqlalchemy as sa
from sqlalchemy import orm

from glint.db import clock
from glint.db import engine
from glint.db import locking
from glint.db import models

Project = models.Project


@engine.retried
def ensure(context: engine.Context, project_id: str) -> None:
    """Make the row, before the transaction that locks it."""
    with engine.reader(context) as session:
        if session.get(Project, project_id) is not None:
            return
    try:
        with engine.writer(context) as session:
            session.add(Project(id=project_id))
    except db_exception.DBDuplicateEntry:
        # Another request of the project was quicker.
        return


def lock(session: orm.Session, project_id: str) -> None:
    """Let one transaction at a time count what a project has."""
    session.execute(
        sa.update(Project)
        .where(Project.id == project_id)
        .values(updated_at=timeutils.utcnow())
    )


def serve(session: orm.Session, project_id: str) -> None:
    """Lock the row, and note that it is the project's turn now.

    :raises Busy: if another transaction has locked it.
    """
    locking.lock_now(session, Project, [project_id])
    session.execute(
        sa.update(Project)
        .where(Project.id == project_id)
        .values(served_at=clock.utcnow(), updated_at=Project.updated_at)
    )
