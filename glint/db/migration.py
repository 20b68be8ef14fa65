# SPDX-License-Identifier: Apache-2.0

"""The version of the database's schema."""

import os

from alembic import command
from alembic import config as alembic_config
from alembic import script
from alembic.runtime import migration as alembic_migration

from glint.db import engine

_HERE = os.path.dirname(__file__)


def config() -> alembic_config.Config:
    """:returns: the configuration that alembic's commands take."""
    result = alembic_config.Config(os.path.join(_HERE, 'alembic.ini'))
    result.set_main_option(
        'script_location', os.path.join(_HERE, 'migrations')
    )
    return result


def sync(revision: str = 'head') -> None:
    """Bring the schema to a version.

    :param revision: the version; by default the newest one.
    """
    with engine.manager.writer.get_engine().begin() as connection:
        settings = config()
        settings.attributes['connection'] = connection
        command.upgrade(settings, revision)


def version() -> str | None:
    """:returns: the version of the schema; None if there is none yet."""
    with engine.manager.reader.get_engine().connect() as connection:
        context = alembic_migration.MigrationContext.configure(connection)
        return context.get_current_revision()


def newest() -> str | None:
    """:returns: the version that this code needs."""
    return script.ScriptDirectory.from_config(config()).get_current_head()
