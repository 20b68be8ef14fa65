# SPDX-License-Identifier: Apache-2.0

"""How much runs from and to each site and for each project.

It is counted out of the copies that conductors hold, which are few. Who counts
in order to add one has locked the rows of the sites and of the project.
"""

from collections import Counter
from collections.abc import Mapping
import sys
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from glint import conf
from glint import states
from glint.db import engine
from glint.db import models

ImageCopy = models.ImageCopy
Replication = models.Replication


class Load(NamedTuple):
    """What runs now; a count for each id.

    :ivar to_sites: copies, by their targets.
    :ivar from_sites: images that are read, by their sources.
    :ivar projects: copies, by their projects.
    """

    to_sites: Mapping[str, int]
    from_sites: Mapping[str, int]
    projects: Mapping[str, int]

    def full_targets(self) -> list[str]:
        """:returns: the sites to which no further copy may run."""
        return _full(self.to_sites, conf.CONF.queue.max_copies_to_site)

    def full_sources(self) -> list[str]:
        """:returns: the sites from which no further image may be read."""
        return _full(self.from_sites, conf.CONF.queue.max_reads_from_site)

    def full_projects(self) -> list[str]:
        """:returns: the projects of which no further copy may run."""
        return _full(self.projects, conf.CONF.queue.max_copies_per_project)

    def room(self, project_id: str) -> int:
        """:returns: how many copies of a project may run in addition."""
        most: int = conf.CONF.queue.max_copies_per_project
        return most - self.projects[project_id] if most else sys.maxsize


def _full(counts: Mapping[str, int], most: int) -> list[str]:
    if not most:
        return []
    return [name for name, count in counts.items() if count >= most]


def measure(session: orm.Session, without: str | None = None) -> Load:
    """Count what runs.

    :param without: the id of a replication that is not counted.
    """
    query = (
        sa.select(
            ImageCopy.target_site_id,
            Replication.source_site_id,
            Replication.project_id,
            ImageCopy.replication_id,
            ImageCopy.conductor,
        )
        .join(Replication, Replication.id == ImageCopy.replication_id)
        .where(ImageCopy.state.in_(states.HELD))
    )
    rows = [
        row for row in session.execute(query) if row.replication_id != without
    ]
    # The copies of a replication share what one conductor reads.
    reads = {
        (row.replication_id, row.conductor): row.source_site_id for row in rows
    }
    return Load(
        Counter(row.target_site_id for row in rows),
        Counter(reads.values()),
        Counter(row.project_id for row in rows),
    )


def read(context: engine.Context) -> Load:
    """Count what runs, for those who only want to know."""
    with engine.reader(context) as session:
        return measure(session)
