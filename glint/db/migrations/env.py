# SPDX-License-Identifier: Apache-2.0

"""Run by alembic: gives it the models and a connection."""

from alembic import context
import sqlalchemy as sa

from glint.db import engine
from glint.db import models


def run(connection: sa.Connection) -> None:
    # SQLite cannot alter constraints in place, hence the batch mode.
    context.configure(
        connection=connection,
        target_metadata=models.Base.metadata,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get('connection')
if given is not None:
    run(given)
else:
    # A developer runs alembic itself, to make a new revision.
    engine.configure()
    with engine.manager.writer.get_engine().begin() as own:
        run(own)
