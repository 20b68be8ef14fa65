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
