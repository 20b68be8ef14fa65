# SPDX-License-Identifier: Apache-2.0

"""Whose turn it is, and indexes for many rows."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

revision = '0007'
down_revision = '0006'

UTC = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql', 'mariadb')

_INDEXES = (
    ('queue', 'project_id', 'state', 'priority', 'turn_at'),
    ('credential', 'source_credential_id', 'state'),
    ('created', 'created_at', 'id'),
    ('state', 'state', 'created_at', 'id'),
    ('project', 'project_id', 'created_at', 'id'),
    ('project_state', 'project_id', 'state', 'created_at', 'id'),
    ('project_source', 'project_id', 'source_site_id', 'created_at', 'id'),
    ('project_image', 'project_id', 'image_id', 'created_at', 'id'),
)


def upgrade() -> None:
    op.add_column('projects', sa.Column('served_at', UTC))
    op.add_column(
        'replications',
        sa.Column(
            'priority', sa.Integer(), nullable=False, server_default='1'
        ),
    )
    op.add_column(
        'replications',
        sa.Column(
            'turn_at',
            UTC,
            nullable=False,
            server_default=sa.text("'2000-01-01 00:00:00.000000'"),
        ),
    )
    op.execute('UPDATE replications SET turn_at = created_at')
    op.execute(
        'INSERT INTO projects (id, created_at) '
        'SELECT project_id, MIN(created_at) FROM replications '
        'WHERE project_id NOT IN (SELECT id FROM projects) '
        'GROUP BY project_id'
    )
    op.drop_index('replications_project_idx', 'replications')
    for name, *columns in _INDEXES:
        op.create_index(f'replications_{name}_idx', 'replications', columns)
    op.create_index(
        'copies_credential_idx', 'copies', ['credential_id', 'state']
    )
    op.create_index('copies_parked_idx', 'copies', ['state', 'parked_at'])
    op.create_index('credentials_state_idx', 'credentials', ['state'])
    op.create_index('sites_probe_idx', 'sites', ['next_probe_at'])
