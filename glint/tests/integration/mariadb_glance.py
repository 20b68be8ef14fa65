# SPDX-License-Identifier: Apache-2.0

"""One more Glance, which keeps its records in MariaDB as most sites do."""

import os
import pathlib
import subprocess
import uuid

import pymysql
import sqlalchemy as sa

from glint.tests.functional import glance


class Glance(glance.Glance):
    """A Glance with a database of its own on the MariaDB of the lab."""

    def _setUp(self) -> None:
        super()._setUp()
        url = sa.make_url(self._lab.services['mariadb'])
        name = f'glint_glance_{uuid.uuid4().hex}'
        engine = sa.create_engine(url, isolation_level='AUTOCOMMIT')
        self.addCleanup(engine.dispose)
        with engine.connect() as connection:
            connection.execute(sa.text(f'CREATE DATABASE {name}'))
        self.addCleanup(self._drop, engine, name)
        self.addCleanup(self.kill)
        address = url.set(database=name)
        self.configure(
            'database',
            connection=address.render_as_string(hide_password=False),
        )
        self._make_tables()

    @staticmethod
    def _drop(engine: sa.Engine, name: str) -> None:
        with engine.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE {name}'))

    def _copy_database(self) -> None:
        """Nothing of SQLite is used."""

    def _copy_uwsgi(self) -> None:
        """Lend it the driver for MariaDB, which the lab does without."""
        super()._copy_uwsgi()
        self._packages = self.folder / 'packages'
        self._packages.mkdir()
        driver = pathlib.Path(pymysql.__file__).parent
        (self._packages / driver.name).symlink_to(driver)
        with (self.folder / 'uwsgi.ini').open('a') as ini:
            ini.write(f'pythonpath = {self._packages}\n')

    def _make_tables(self) -> None:
        self.write_configuration()
        subprocess.run(
            [
                self._uwsgi.with_name('glance-manage'),
                '--config-file',
                self.folder / self.CONFIGURATION,
                'db_sync',
            ],
            env={**os.environ, 'PYTHONPATH': str(self._packages)},
            check=True,
            capture_output=True,
        )
