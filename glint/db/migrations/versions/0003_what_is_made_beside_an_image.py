# SPDX-License-Identifier: Apache-2.0

"""What is made beside an image, and what tells the same content."""

from alembic import op
import sqlalchemy as sa

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.add_column('replications', sa.Column('source_hash', sa.String(255)))
    op.add_column(
        'copies', sa.Column('made_image_ids', sa.JSON(none_as_null=True))
    )
