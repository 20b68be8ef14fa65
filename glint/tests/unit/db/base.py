# SPDX-License-Identifier: Apache-2.0

"""What the tests of the database share."""

from collections.abc import Callable
from concurrent import futures
import contextlib
from datetime import timedelta
import threading
from typing import Any
import uuid

import sqlalchemy as sa

from glint import context as glint_context
from glint import exception
from glint import states
from glint.db import clock
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import listing
from glint.db import models
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db.queue import lease
from glint.db.queue import turn
from glint.tests import base
from glint.tests import fixtures as glint_fixtures

ERROR = {'code': 'x', 'detail': 'y', 'retryable': True, 'http_status': None}

_BY_ID = listing.Page(sort_key='id', sort_dir='asc')


class TestCase(base.TestCase):
    """A test with a database of its own.

    :ivar home: a site that all replications are from.
    """

    SYNCED = True

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(
            glint_fixtures.Database(self.server(), synced=self.SYNCED)
        )
        self.context = glint_context.for_service()

    def server(self) -> str | None:
        """:returns: the server to use, None for SQLite."""
        return None

    def add_site(self, **values: Any) -> db_site.Site:
        columns = {
            'project_id': 'p',
            'name': uuid.uuid4().hex,
            'auth_url': 'https://site.example.org/v3',
            'interface': 'public',
            **values,
        }
        return db_site.create(self.context, **columns)

    def add_credential(
        self, site_id: str, **values: Any
    ) -> db_credential.Credential:
        columns = {
            'id': db_credential.new_id(),
            'project_id': 'p',
            'user_id': 'u',
            'site_id': site_id,
            'name': uuid.uuid4().hex,
            'auth_type': 'v3password',
            'scheme': 'fernet',
            'key_id': 'k',
            'secret': 'x',
            **values,
        }
        return db_credential.create(self.context, **columns)

    def request(self, targets: int = 1) -> dict[str, Any]:
        """Make sites and credentials.

        :returns: what a replication from one to the others is created with.
        """
        places = []
        for _number in range(targets + 1):
            site_id = self.add_site().id
            places.append((site_id, self.add_credential(site_id).id))
        source_site_id, source_credential_id = places.pop()
        return {
            'targets': dict(places),
            'project_id': 'p',
            'user_id': 'u',
            'image_id': str(uuid.uuid4()),
            'source_site_id': source_site_id,
            'source_credential_id': source_credential_id,
            'options': {},
        }

    def replicate(
        self, targets: int = 1, **values: Any
    ) -> db_replication.Replication:
        request = self.request(targets)
        made, new = db_replication.create(self.context, **request | values)
        self.assertTrue(new)
        return made

    def replication(self, replication_id: str) -> db_replication.Replication:
        return db_replication.get(self.context, replication_id, None)

    def copies(self, replication_id: str) -> list[db_image_copy.ImageCopy]:
        return db_image_copy.index(self.context, replication_id, _BY_ID)

    def copy(self, replication_id: str) -> db_image_copy.ImageCopy:
        [copy] = self.copies(replication_id)
        return copy

    def claim(
        self, replication_id: str, conductor: str = 'c1', limit: int = 100
    ) -> list[lease.ImageCopy]:
        """Claim copies, and come back while others are at them.

        :returns: the copies.
        """
        while True:
            with contextlib.suppress(engine.Busy):
                return lease.claim(
                    self.context, replication_id, conductor, limit
                )

    def due(self, limit: int = 100) -> list[str]:
        """:returns: ids of replications, as they would be claimed."""
        found: list[str] = []
        while more := turn.due(self.context, limit - len(found), found):
            found += more
        return found

    def make(self, state: str) -> lease.ImageCopy:
        """Make a replication of one copy that has got to a state.

        :returns: the copy as its conductor knows it, if it ever had one.
        """
        replication_id = self.replicate().id
        if state == states.QUEUED:
            return self.copy(replication_id)
        [copy] = self.claim(replication_id)
        if state in (states.CANCELLING, states.CANCELLED):
            db_image_copy.cancel(self.context, replication_id)
        ends = {
            states.COMPLETED: lambda: lease.complete(
                self.context, copy, outcome=states.COPIED
            ),
            states.ERROR: lambda: lease.fail(self.context, copy, ERROR),
            states.CANCELLED: lambda: lease.close_cancelled(
                self.context, copy
            ),
        }
        if state in ends:
            self.assertTrue(ends[state]())
        self.assertEqual(state, self.copy(replication_id).state)
        return copy

    def delete_site(self, site_id: str) -> None:
        """Remove a site with its credentials."""
        db_site.delete(self.context, site_id, cascade=True)

    def refuse(self, credential_id: str, counted: bool = False) -> None:
        """Have the site of a credential refuse it."""
        db_credential.refuse(
            self.context, credential_id, 'No such user.', counted
        )

    def accept(self, credential_id: str) -> None:
        """Have the site of a credential take it."""
        db_credential.set_state(
            self.context, credential_id, states.CREDENTIAL_OK, None
        )

    def set_columns(
        self, model: type[models.Base], row_id: str, **values: Any
    ) -> None:
        """Write to a row whatever the test needs there."""
        values.setdefault('updated_at', None)
        with engine.writer(self.context) as session:
            session.execute(
                sa.update(model).where(model.id == row_id).values(**values)
            )

    def silence(self, copy: lease.ImageCopy, seconds: float = 60) -> None:
        """Make the conductor of a copy look as if it were dead."""
        with engine.reader(self.context) as session:
            heartbeat = clock.now(session) - timedelta(seconds=seconds)
        self.set_columns(models.ImageCopy, copy.id, heartbeat=heartbeat)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """:returns: all that the database has."""
        with engine.reader(self.context) as session:
            return {
                table.name: [
                    dict(row._mapping)
                    for row in session.execute(
                        sa.select(table).order_by(table.c.id)
                    )
                ]
                for table in models.Base.metadata.sorted_tables
            }

    def together(self, *functions: Callable[[], Any]) -> list[Any]:
        """Call functions at the same moment, each in a thread.

        :returns: what each of them returned, or refused.
        """
        barrier = threading.Barrier(len(functions))

        def run(function: Callable[[], Any]) -> Any:
            barrier.wait()
            try:
                return function()
            except exception.GlintException as e:
                return type(e)

        with futures.ThreadPoolExecutor(len(functions)) as pool:
            return list(pool.map(run, functions))
