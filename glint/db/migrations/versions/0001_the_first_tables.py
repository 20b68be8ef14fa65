# SPDX-License-Identifier: Apache-2.0

"""The first tables."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

revision = '0001'
down_revision = None

UTC = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql', 'mariadb')
LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), 'mysql', 'mariadb')


def upgrade() -> None:
    _create_sites()
    _create_credentials()
    _create_replications()
    _create_copies()


def _create_sites() -> None:
    op.create_table(
        'sites',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('created_at', UTC, nullable=False),
        sa.Column('updated_at', UTC),
        sa.Column('project_id', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=255), nullable=False),
        sa.Column('description', sa.String(length=1000)),
        sa.Column('auth_url', sa.String(length=1000), nullable=False),
        sa.Column('region_name', sa.String(length=255)),
        sa.Column('interface', sa.String(length=16), nullable=False),
        sa.Column('ca_cert', LONG_TEXT),
        sa.Column('enabled', sa.Boolean(), nullable=False),
        sa.Column('home', sa.Boolean(), nullable=False),
        sa.Column('shared', sa.Boolean(), nullable=False),
        sa.Column('health_state', sa.String(length=16), nullable=False),
        sa.Column('health_detail', sa.Text()),
        sa.Column('health_checked_at', UTC),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('project_id', 'name', name='uniq_sites0name'),
        mysql_engine='InnoDB',
        mysql_charset='utf8mb4',
        mysql_collate='utf8mb4_bin',
    )


def _create_credentials() -> None:
    op.create_table(
        'credentials',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('created_at', UTC, nullable=False),
        sa.Column('updated_at', UTC),
        sa.Column('project_id', sa.String(length=64), nullable=False),
        sa.Column('user_id', sa.String(length=64), nullable=False),
        sa.Column('site_id', sa.String(length=36), nullable=False),
        sa.Column('name', sa.String(length=255), nullable=False),
        sa.Column('auth_type', sa.String(length=64), nullable=False),
        sa.Column('shared', sa.Boolean(), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('detail', sa.Text()),
        sa.Column('checked_at', UTC),
        sa.Column('expires_at', UTC),
        sa.Column('scheme', sa.String(length=16), nullable=False),
        sa.Column('key_id', sa.String(length=64), nullable=False),
        sa.Column('secret', LONG_TEXT, nullable=False),
        sa.ForeignKeyConstraint(['site_id'], ['sites.id'], ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint(
            'project_id',
            'user_id',
            'site_id',
            'name',
            name='uniq_credentials0name',
        ),
        sa.Index('credentials_key_id_idx', 'key_id'),
        sa.Index('credentials_site_id_idx', 'site_id'),
        mysql_engine='InnoDB',
        mysql_charset='utf8mb4',
        mysql_collate='utf8mb4_bin',
    )


def _create_replications() -> None:
    op.create_table(
        'replications',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('created_at', UTC, nullable=False),
        sa.Column('updated_at', UTC),
        sa.Column('project_id', sa.String(length=64), nullable=False),
        sa.Column('user_id', sa.String(length=64), nullable=False),
        sa.Column('request_id', sa.String(length=64)),
        sa.Column('client_token', sa.String(length=255)),
        sa.Column('image_id', sa.String(length=36), nullable=False),
        sa.Column('image_name', sa.String(length=255)),
        sa.Column('source_site_id', sa.String(length=36), nullable=False),
        sa.Column(
            'source_credential_id', sa.String(length=36), nullable=False
        ),
        sa.Column('options', sa.JSON(), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('size', sa.BigInteger()),
        sa.Column('started_at', UTC),
        sa.Column('finished_at', UTC),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint(
            'project_id', 'client_token', name='uniq_replications0token'
        ),
        sa.Index('replications_finished_idx', 'finished_at'),
        sa.Index('replications_project_idx', 'project_id', 'created_at'),
        sa.Index('replications_source_idx', 'source_site_id', 'state'),
        mysql_engine='InnoDB',
        mysql_charset='utf8mb4',
        mysql_collate='utf8mb4_bin',
    )


def _create_copies() -> None:
    op.create_table(
        'copies',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('created_at', UTC, nullable=False),
        sa.Column('updated_at', UTC),
        sa.Column('replication_id', sa.String(length=36), nullable=False),
        sa.Column('target_site_id', sa.String(length=36), nullable=False),
        sa.Column('credential_id', sa.String(length=36), nullable=False),
        sa.Column('target_image_id', sa.String(length=36)),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('phase', sa.String(length=16)),
        sa.Column('outcome', sa.String(length=16)),
        sa.Column('bytes_sent', sa.BigInteger(), nullable=False),
        sa.Column('bytes_total', sa.BigInteger()),
        sa.Column('rate', sa.BigInteger()),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('next_attempt_at', UTC),
        sa.Column('error', sa.JSON(none_as_null=True)),
        sa.Column('notes', sa.JSON(none_as_null=True)),
        sa.Column('conductor', sa.String(length=255)),
        sa.Column('lease', sa.String(length=36)),
        sa.Column('heartbeat', UTC),
        sa.Column('started_at', UTC),
        sa.Column('finished_at', UTC),
        sa.ForeignKeyConstraint(
            ['replication_id'], ['replications.id'], ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint(
            'replication_id', 'target_site_id', name='uniq_copies0target'
        ),
        sa.Index('copies_state_idx', 'state', 'next_attempt_at'),
        sa.Index('copies_target_idx', 'target_site_id', 'state'),
        mysql_engine='InnoDB',
        mysql_charset='utf8mb4',
        mysql_collate='utf8mb4_bin',
    )
