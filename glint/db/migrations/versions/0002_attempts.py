# SPDX-License-Identifier: Apache-2.0

"""Attempts, and what copies wait for."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

revision = '0002'
down_revision = '0001'

UTC = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql', 'mariadb')


def upgrade() -> None:
    op.add_column(
        'sites',
        sa.Column(
            'failures', sa.Integer(), nullable=False, server_default='0'
        ),
    )
    op.add_column('sites', sa.Column('next_probe_at', UTC))
    op.add_column('copies', sa.Column('parked_at', UTC))
    op.add_column('copies', sa.Column('cleaned_at', UTC))
    op.create_index(
        'copies_leftover_idx', 'copies', ['outcome', 'target_image_id']
    )
    op.create_table(
        'attempts',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('created_at', UTC, nullable=False),
        sa.Column('updated_at', UTC),
        sa.Column('copy_id', sa.String(length=36), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('conductor', sa.String(length=255), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('error', sa.JSON(none_as_null=True)),
        sa.Column('bytes_sent', sa.BigInteger(), nullable=False),
        sa.Column('started_at', UTC, nullable=False),
        sa.Column('finished_at', UTC),
        sa.ForeignKeyConstraint(
            ['copy_id'], ['copies.id'], ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('copy_id', 'number', name='uniq_attempts0number'),
        mysql_engine='InnoDB',
        mysql_charset='utf8mb4',
        mysql_collate='utf8mb4_bin',
    )
