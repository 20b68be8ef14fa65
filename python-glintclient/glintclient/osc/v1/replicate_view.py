# SPDX-License-Identifier: Apache-2.0

"""What "openstack image replicate" shows of plans and of several images."""

from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from glintclient.osc import formats
from glintclient.osc.v1 import replication_view
from glintclient.osc.v1 import site_names
from glintclient.v1 import plan as _plan

_PLAN = (
    'Target Site',
    'Action',
    'Size',
    'Target Image ID',
    'Reasons',
    'Notes',
)
_REPLICATION = ('ID', 'Image Name', 'Image ID', 'State', 'Progress', 'Copies')


def plans(
    made: Sequence[_plan.Plan], names: site_names.SiteNames, several: bool
) -> tuple[Sequence[str], Iterable[Any]]:
    """Make a row for each target of each plan.

    :param made: the plans.
    :param names: the names of the sites.
    :param several: whether to say which image a row is about.
    :returns: the headers, and the rows.
    """
    rows = [
        (
            plan.image_name or plan.image_id,
            names.name(item['target_site_id']),
            item['action'],
            formats.Size(item['bytes']),
            formats.Text(item['target_image_id']),
            formats.Lines(item['reasons']),
            formats.Lines(item['notes']),
        )
        for plan in made
        for item in plan.targets
    ]
    if several:
        return ('Image', *_PLAN), rows
    return _PLAN, [row[1:] for row in rows]


def replications(
    made: Sequence[replication_view.Replication],
) -> tuple[Sequence[str], Iterable[Any]]:
    """Make a row for each replication.

    :param made: the replications.
    :returns: the headers, and the rows.
    """
    return _REPLICATION, [
        (
            item.id,
            formats.Text(item.image_name),
            item.image_id,
            item.state,
            formats.Percent(item.progress),
            replication_view.Copies(item.copies or []),
        )
        for item in made
    ]
