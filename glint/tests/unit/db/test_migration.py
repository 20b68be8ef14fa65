# SPDX-License-Identifier: Apache-2.0

"""Tests of the migrations."""

from typing import Any

from alembic import script
from oslo_db.sqlalchemy import test_migrations
import sqlalchemy as sa

from glint.db import engine
from glint.db import migration
from glint.db import models
from glint.tests.unit.db import base


class MigrationTestCase(base.TestCase):
    SYNCED = False

    def tables(self) -> set[str]:
        inspector = sa.inspect(engine.manager.reader.get_engine())
        return set(inspector.get_table_names())

    def test_empty_database_has_no_version(self) -> None:
        self.assertIsNone(migration.version())

    def test_each_migration_runs_on_the_one_before(self) -> None:
        scripts = script.ScriptDirectory.from_config(migration.config())
        walk = [step.revision for step in scripts.walk_revisions()][::-1]
        for revision in walk:
            migration.sync(revision)
            self.assertEqual(revision, migration.version())
        self.assertEqual(migration.newest(), migration.version())
        self.assertEqual(
            {*models.Base.metadata.tables, 'alembic_version'}, self.tables()
        )

    def test_second_sync_changes_nothing(self) -> None:
        migration.sync()
        site = self.add_site()
        migration.sync()
        self.assertEqual(migration.newest(), migration.version())
        self.assertEqual(
            [site.id], [row['id'] for row in self.rows()['sites']]
        )


class SyncTestCase(test_migrations.ModelsMigrationsSync, base.TestCase):
    """The models say the same as the migrations."""

    SYNCED = False

    def db_sync(self, _engine: sa.Engine) -> None:
        migration.sync()

    def get_engine(self) -> sa.Engine:
        return engine.manager.writer.get_engine()

    def get_metadata(self) -> sa.MetaData:
        return models.Base.metadata

    def include_object(self, _object: Any, name: str, *_: Any) -> bool:
        return name != 'alembic_version'
