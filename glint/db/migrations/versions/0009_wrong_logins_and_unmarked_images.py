# SPDX-License-Identifier: Apache-2.0

"""Logins that sites refused, and images that bear no mark of Glint's."""

from alembic import op
import sqlalchemy as sa

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    op.add_column(
        'credentials',
        sa.Column(
            'wrong_logins', sa.Integer(), nullable=False, server_default='0'
        ),
    )
    op.add_column(
        'copies', sa.Column('unmarked_image_ids', sa.JSON(none_as_null=True))
    )
