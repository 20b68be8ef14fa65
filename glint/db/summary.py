# SPDX-License-Identifier: Apache-2.0

"""What the copies of replications amount to."""

from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import field

import sqlalchemy as sa

from glint.db import engine
from glint.db import models


@dataclass
class Summary:
    """What the copies of a replication amount to; sizes in bytes.

    :ivar targets: from the ids of the sites that it is to to their names, by
        which they are sorted.
    """

    counts: dict[str, int] = field(default_factory=dict)
    bytes_sent: int = 0
    bytes_total: int | None = None
    targets: dict[str, str] = field(default_factory=dict)


def read(context: engine.Context, ids: Collection[str]) -> dict[str, Summary]:
    """Sum up the copies of replications.

    :param ids: the ids of the replications.
    :returns: from each id to its summary.
    """
    copy = models.ImageCopy
    query = (
        sa.select(
            copy.replication_id,
            copy.state,
            copy.bytes_sent,
            copy.bytes_total,
            copy.target_site_id,
            copy.target_site_name,
        )
        .where(copy.replication_id.in_(ids))
        .order_by(copy.target_site_name, copy.target_site_id)
    )
    result = {replication_id: Summary() for replication_id in ids}
    with engine.reader(context) as session:
        for row in session.execute(query):
            summary = result[row.replication_id]
            summary.counts[row.state] = summary.counts.get(row.state, 0) + 1
            summary.bytes_sent += row.bytes_sent
            if row.bytes_total is not None:
                summary.bytes_total = (
                    summary.bytes_total or 0
                ) + row.bytes_total
            summary.targets[row.target_site_id] = row.target_site_name
    return result
