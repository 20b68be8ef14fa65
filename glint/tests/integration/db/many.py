# SPDX-License-Identifier: Apache-2.0

"""A database with many replications, most of which have ended."""

from datetime import timedelta
from typing import Any
import uuid

from oslo_utils import timeutils
import sqlalchemy as sa

from glint import context as glint_context
from glint import states
from glint.db import engine
from glint.db import models

#: Of a hundred replications, how many are in which state.
_STATES = (
    *[states.COMPLETED] * 90,
    *[states.ERROR] * 4,
    *[states.CANCELLED] * 3,
    *[states.QUEUED] * 3,
)
_BATCH = 1000
_RUNNING = 10


def _id(kind: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f'{kind} {number}'))


class Many:
    """What is in it.

    :param rows: how many replications, each of one copy.
    :ivar projects: the ids of the projects, the first one being the largest.
    :ivar sites: the ids of the sites, the first one being the source.
    """

    def __init__(self, rows: int, projects: int = 20, sites: int = 10) -> None:
        self.rows = rows
        self.projects = [f'project-{number}' for number in range(projects)]
        self.sites = [_id('site', number) for number in range(sites)]
        self._now = timeutils.utcnow()

    def fill(self, context: glint_context.RequestContext) -> None:
        """Write the rows, and let the server look at them."""
        with engine.writer(context) as session:
            session.add_all(
                models.Project(id=project_id) for project_id in self.projects
            )
            for number, site_id in enumerate(self.sites):
                session.add(
                    models.Site(
                        id=site_id,
                        name=f'site-{number}',
                        auth_url='https://site.example.org/v3',
                        interface='public',
                    )
                )
                session.flush()
                session.add(
                    models.Credential(
                        id=self.credential(site_id),
                        project_id=self.projects[0],
                        user_id='u',
                        site_id=site_id,
                        name='x',
                        auth_type='v3password',
                        scheme='fernet',
                        key_id='k',
                        secret='x',
                    )
                )
        for first in range(0, self.rows, _BATCH):
            numbers = range(first, min(first + _BATCH, self.rows))
            with engine.writer(context) as session:
                session.execute(
                    sa.insert(models.Replication),
                    [self._replication(number) for number in numbers],
                )
                session.execute(
                    sa.insert(models.ImageCopy),
                    [self._copy(number) for number in numbers],
                )
        self._analyze()

    def _analyze(self) -> None:
        at = engine.manager.writer.get_engine()
        verb = (
            'ANALYZE' if at.dialect.name == 'postgresql' else 'ANALYZE TABLE'
        )
        with at.connect() as connection:
            for table in ('replications', 'copies'):
                connection.execute(sa.text(f'{verb} {table}'))
            connection.commit()

    @staticmethod
    def credential(site_id: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f'credential {site_id}'))

    def replication_id(self, number: int) -> str:
        return _id('replication', number)

    def _project(self, number: int) -> str:
        """Half of all belongs to the first project."""
        return self.projects[number // 2 % len(self.projects) * (number % 2)]

    def _state(self, number: int) -> str:
        if number >= self.rows - _RUNNING:
            return states.COPYING
        return _STATES[number * 7 % 100]

    def _asked_at(self, number: int) -> Any:
        return self._now - timedelta(minutes=self.rows - number)

    def _finished_at(self, number: int) -> Any:
        ended = self._state(number) in states.FINAL
        return self._asked_at(number) + timedelta(hours=1) if ended else None

    def _replication(self, number: int) -> dict[str, Any]:
        return {
            'id': self.replication_id(number),
            'project_id': self._project(number),
            'user_id': f'user-{number % 100}',
            'request_id': f'req-{number}',
            'image_id': _id('image', number // 4),
            'image_name': f'image-{number // 4}',
            'source_site_id': self.sites[0 if number % 5 else 1],
            'source_site_name': f'site-{0 if number % 5 else 1}',
            'source_credential_id': self.credential(
                self.sites[0 if number % 5 else 1]
            ),
            'options': {'properties': {'set': {}, 'remove': []}},
            'state': self._state(number),
            'size': 2**30 + number,
            'created_at': self._asked_at(number),
            'turn_at': self._asked_at(number),
            'started_at': self._asked_at(number),
            'finished_at': self._finished_at(number),
        }

    def _copy(self, number: int) -> dict[str, Any]:
        state = self._state(number)
        site = 2 + number % (len(self.sites) - 2)
        site_id = self.sites[site]
        done = state == states.COMPLETED
        return {
            'id': _id('copy', number),
            'replication_id': self.replication_id(number),
            'target_site_id': site_id,
            'target_site_name': f'site-{site}',
            'credential_id': self.credential(site_id),
            'target_image_id': _id('made', number) if done else None,
            'state': state,
            'outcome': states.COPIED if done else None,
            'bytes_sent': 2**30 if done else 0,
            'bytes_total': 2**30,
            'conductor': 'c' if state == states.COPYING else None,
            'lease': _id('lease', number) if state == states.COPYING else None,
            'heartbeat': self._now if state == states.COPYING else None,
            'created_at': self._asked_at(number),
            'finished_at': self._finished_at(number),
        }
