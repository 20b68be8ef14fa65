# SPDX-License-Identifier: Apache-2.0

"""Secrets that a key manager keeps."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

revision = '0006'
down_revision = '0005'

UTC = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql', 'mariadb')


def upgrade() -> None:
    op.create_table(
        'kept_secrets',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('created_at', UTC, nullable=False),
        sa.Column('updated_at', UTC),
        sa.Column('credential_id', sa.String(length=36), nullable=False),
        sa.Column('key_manager', sa.String(length=64), nullable=False),
        sa.Column('ref', sa.String(length=255), nullable=False),
        sa.Column('pending', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
        mysql_engine='InnoDB',
        mysql_charset='utf8mb4',
        mysql_collate='utf8mb4_bin',
    )
    op.create_index(
        'kept_secrets_credential_idx', 'kept_secrets', ['credential_id']
    )
