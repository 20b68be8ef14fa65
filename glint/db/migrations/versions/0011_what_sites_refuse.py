# SPDX-License-Identifier: Apache-2.0

"""What a site refused of an image that was copied to it."""

from alembic import op
import sqlalchemy as sa

revision = '0011'
down_revision = '0010'


def upgrade() -> None:
    op.add_column('copies', sa.Column('refused', sa.JSON(none_as_null=True)))
