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

"""Who of several copies makes an image that all of them are to bring."""

import sqlalchemy as sa

from glint import states
from glint.db import engine
from glint.db import models

ImageCopy = models.ImageCopy
Replication = models.Replication


@engine.retried
def reserve(
    context: engine.Context, copy: ImageCopy, image_id: str
) -> str | None:
    """Note the id of an image to make, unless another copy makes the same.

    The same are copies to one site, within a project, of one image or of
    one content.

    :param copy: the row as it was claimed.
    :returns: the id of the other replication, None if there is none.
    """
    with engine.writer(context) as session:
        # Of two that look at the same moment, one has to see the other.
        session.execute(
            sa.update(models.Site)
            .where(models.Site.id == copy.target_site_id)
            .values(updated_at=models.Site.updated_at)
        )
        mine = session.get_one(Replication, copy.replication_id)
        query = (
            sa.select(Replication.id)
            .join(ImageCopy, ImageCopy.replication_id == Replication.id)
            .where(
                ImageCopy.target_site_id == copy.target_site_id,
                ImageCopy.state.in_(states.HELD),
                ImageCopy.target_image_id.is_not(None),
                Replication.id != mine.id,
                Replication.project_id == mine.project_id,
                _same_content(mine),
            )
        )
        other = session.scalars(query.limit(1)).first()
        if other is None:
            session.execute(
                sa.update(ImageCopy)
                .where(ImageCopy.id == copy.id, ImageCopy.lease == copy.lease)
                .values(target_image_id=image_id)
            )
        return other


def _same_content(mine: Replication) -> sa.ColumnElement[bool]:
    same = sa.and_(
        Replication.source_site_id == mine.source_site_id,
        Replication.image_id == mine.image_id,
    )
    if mine.source_hash is None:
        return same
    return sa.or_(same, Replication.source_hash == mine.source_hash)
