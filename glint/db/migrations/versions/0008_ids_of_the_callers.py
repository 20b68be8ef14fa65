# SPDX-License-Identifier: Apache-2.0

"""The ids that the callers gave their requests."""

from alembic import op
import sqlalchemy as sa

revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    op.add_column(
        'replications', sa.Column('global_request_id', sa.String(length=64))
    )
