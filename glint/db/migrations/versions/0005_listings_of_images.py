# SPDX-License-Identifier: Apache-2.0

"""What sites answered when they were asked for their images."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

revision = '0005'
down_revision = '0004'

UTC = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql', 'mariadb')
LONG_BLOB = sa.LargeBinary().with_variant(mysql.LONGBLOB(), 'mysql', 'mariadb')


def upgrade() -> None:
    op.create_table(
        'image_listings',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('created_at', UTC, nullable=False),
        sa.Column('updated_at', UTC),
        sa.Column('credential_id', sa.String(length=36), nullable=False),
        sa.Column('scope', sa.String(length=16), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('detail', sa.Text()),
        sa.Column('asked_at', UTC, nullable=False),
        sa.Column('listed_at', UTC),
        sa.Column('images', LONG_BLOB),
        sa.ForeignKeyConstraint(
            ['credential_id'], ['credentials.id'], ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint(
            'credential_id', 'scope', name='uniq_image_listings0scope'
        ),
        mysql_engine='InnoDB',
        mysql_charset='utf8mb4',
        mysql_collate='utf8mb4_bin',
    )
    op.create_index('image_listings_asked_idx', 'image_listings', ['asked_at'])
