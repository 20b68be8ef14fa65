# SPDX-License-Identifier: Apache-2.0

"""The first tables."""

from typing import Any

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

revision = '0001'
down_revision = None

JSON = sa.JSON(none_as_null=True)
LONG_BLOB = sa.LargeBinary().with_variant(mysql.LONGBLOB(), 'mysql', 'mariadb')
LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), 'mysql', 'mariadb')
UTC = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql', 'mariadb')


def upgrade() -> None:
    _create_sites()
    _create_credentials()
    _create_projects()
    _create_replications()
    _create_copies()
    _create_conductors()
    _create_rules()
    _create_executions()


def _create_table(name: str, *items: Any, length: int = 36) -> None:
    """Make a table with the columns that all tables have.

    :param length: of the ids, in characters.
    """
    op.create_table(
        name,
        sa.Column('id', sa.String(length), nullable=False),
        sa.Column('created_at', UTC, nullable=False),
        sa.Column('updated_at', UTC),
        *items,
        sa.PrimaryKeyConstraint('id'),
        mysql_engine='InnoDB',
        mysql_charset='utf8mb4',
        mysql_collate='utf8mb4_bin',
    )


def _create_sites() -> None:
    _create_table(
        'sites',
        sa.Column('project_id', sa.String(64), nullable=False),
        sa.Column('name', sa.String(255), nullable=False),
        sa.Column('description', sa.String(1000)),
        sa.Column('auth_url', sa.String(1000), nullable=False),
        sa.Column('region_name', sa.String(255)),
        sa.Column('interface', sa.String(16), nullable=False),
        sa.Column('ca_cert', LONG_TEXT),
        sa.Column('enabled', sa.Boolean(), nullable=False),
        sa.Column('home', sa.Boolean(), nullable=False),
        sa.Column('shared', sa.Boolean(), nullable=False),
        sa.Column('health_state', sa.String(16), nullable=False),
        sa.Column('health_detail', sa.Text()),
        sa.Column('health_checked_at', UTC),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('next_probe_at', UTC),
        sa.Column('probed_at', UTC),
        sa.UniqueConstraint('project_id', 'name', name='uniq_sites0name'),
        sa.Index('sites_probe_idx', 'next_probe_at'),
    )


def _create_credentials() -> None:
    _create_table(
        'credentials',
        sa.Column('project_id', sa.String(64), nullable=False),
        sa.Column('user_id', sa.String(64), nullable=False),
        sa.Column('site_id', sa.String(36), nullable=False),
        sa.Column('name', sa.String(255), nullable=False),
        sa.Column('auth_type', sa.String(64), nullable=False),
        sa.Column('shared', sa.Boolean(), nullable=False),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('detail', sa.Text()),
        sa.Column('checked_at', UTC),
        sa.Column('next_check_at', UTC),
        sa.Column('refused_at', UTC),
        sa.Column('wrong_logins', sa.Integer(), nullable=False),
        sa.Column('expires_at', UTC),
        sa.Column('scheme', sa.String(16), nullable=False),
        sa.Column('key_id', sa.String(64), nullable=False),
        sa.Column('secret', LONG_TEXT, nullable=False),
        sa.Column('trial_of', sa.String(36)),
        sa.ForeignKeyConstraint(['site_id'], ['sites.id'], ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['trial_of'], ['credentials.id'], ondelete='CASCADE'
        ),
        sa.UniqueConstraint(
            'project_id',
            'user_id',
            'site_id',
            'name',
            name='uniq_credentials0name',
        ),
        sa.Index('credentials_check_idx', 'next_check_at'),
        sa.Index('credentials_key_id_idx', 'key_id'),
        sa.Index('credentials_refused_idx', 'refused_at'),
        sa.Index('credentials_site_id_idx', 'site_id'),
        sa.Index('credentials_trial_idx', 'trial_of'),
    )
    _create_table(
        'kept_secrets',
        sa.Column('credential_id', sa.String(36), nullable=False),
        sa.Column('key_manager', sa.String(64), nullable=False),
        sa.Column('ref', sa.String(255), nullable=False),
        sa.Column('pending', sa.Boolean(), nullable=False),
        sa.Index('kept_secrets_credential_idx', 'credential_id'),
    )
    _create_table(
        'image_listings',
        sa.Column('credential_id', sa.String(36), nullable=False),
        sa.Column('scope', sa.String(16), nullable=False),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('detail', sa.Text()),
        sa.Column('asked_at', UTC, nullable=False),
        sa.Column('listed_at', UTC),
        sa.Column('images', LONG_BLOB),
        sa.ForeignKeyConstraint(
            ['credential_id'], ['credentials.id'], ondelete='CASCADE'
        ),
        sa.UniqueConstraint(
            'credential_id', 'scope', name='uniq_image_listings0scope'
        ),
        sa.Index('image_listings_asked_idx', 'asked_at'),
    )


def _create_projects() -> None:
    _create_table(
        'projects',
        sa.Column('served_at', UTC),
        length=64,
    )


def _create_replications() -> None:
    _create_table(
        'replications',
        sa.Column('project_id', sa.String(64), nullable=False),
        sa.Column('user_id', sa.String(64), nullable=False),
        sa.Column('request_id', sa.String(64)),
        sa.Column('global_request_id', sa.String(64)),
        sa.Column('client_token', sa.String(255)),
        sa.Column('rule_id', sa.String(36)),
        sa.Column('request_hash', sa.String(64)),
        sa.Column('image_id', sa.String(36), nullable=False),
        sa.Column('image_name', sa.String(255)),
        sa.Column('source_hash', sa.String(255)),
        sa.Column('source_site_id', sa.String(36), nullable=False),
        sa.Column('source_site_name', sa.String(255), nullable=False),
        sa.Column('source_credential_id', sa.String(36), nullable=False),
        sa.Column('credential_ids', JSON),
        sa.Column('options', sa.JSON(), nullable=False),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('priority', sa.Integer(), nullable=False),
        sa.Column('turn_at', UTC, nullable=False),
        sa.Column('size', sa.BigInteger()),
        sa.Column('started_at', UTC),
        sa.Column('finished_at', UTC),
        sa.UniqueConstraint(
            'project_id', 'client_token', name='uniq_replications0token'
        ),
        sa.Index('replications_created_idx', 'created_at', 'id'),
        sa.Index(
            'replications_credential_idx', 'source_credential_id', 'state'
        ),
        sa.Index('replications_finished_idx', 'finished_at'),
        sa.Index('replications_project_idx', 'project_id', 'created_at', 'id'),
        sa.Index(
            'replications_project_image_idx',
            'project_id',
            'image_id',
            'created_at',
            'id',
        ),
        sa.Index(
            'replications_project_source_idx',
            'project_id',
            'source_site_id',
            'created_at',
            'id',
        ),
        sa.Index(
            'replications_project_state_idx',
            'project_id',
            'state',
            'created_at',
            'id',
        ),
        sa.Index(
            'replications_queue_idx',
            'project_id',
            'state',
            'priority',
            'turn_at',
        ),
        sa.Index('replications_rule_idx', 'rule_id', 'state'),
        sa.Index('replications_source_idx', 'source_site_id', 'state'),
        sa.Index('replications_state_idx', 'state', 'created_at', 'id'),
    )


def _create_copies() -> None:
    _create_table(
        'copies',
        sa.Column('replication_id', sa.String(36), nullable=False),
        sa.Column('target_site_id', sa.String(36), nullable=False),
        sa.Column('target_site_name', sa.String(255), nullable=False),
        sa.Column('credential_id', sa.String(36), nullable=False),
        sa.Column('target_image_id', sa.String(36)),
        sa.Column('made_image_ids', JSON),
        sa.Column('unmarked_image_ids', JSON),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('phase', sa.String(16)),
        sa.Column('outcome', sa.String(16)),
        sa.Column('bytes_sent', sa.BigInteger(), nullable=False),
        sa.Column('bytes_total', sa.BigInteger()),
        sa.Column('rate', sa.BigInteger()),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('next_attempt_at', UTC),
        sa.Column('awaited_id', sa.String(36)),
        sa.Column('error', JSON),
        sa.Column('notes', JSON),
        sa.Column('refused', JSON),
        sa.Column('conductor', sa.String(255)),
        sa.Column('lease', sa.String(36)),
        sa.Column('heartbeat', UTC),
        sa.Column('started_at', UTC),
        sa.Column('finished_at', UTC),
        sa.Column('cleaned_at', UTC),
        sa.ForeignKeyConstraint(
            ['replication_id'], ['replications.id'], ondelete='CASCADE'
        ),
        sa.UniqueConstraint(
            'replication_id', 'target_site_id', name='uniq_copies0target'
        ),
        sa.Index('copies_credential_idx', 'credential_id', 'state'),
        sa.Index('copies_leftover_idx', 'outcome', 'target_image_id'),
        sa.Index('copies_state_idx', 'state', 'next_attempt_at'),
        sa.Index('copies_target_idx', 'target_site_id', 'state'),
    )
    _create_table(
        'attempts',
        sa.Column('copy_id', sa.String(36), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('conductor', sa.String(255), nullable=False),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('error', JSON),
        sa.Column('bytes_sent', sa.BigInteger(), nullable=False),
        sa.Column('started_at', UTC, nullable=False),
        sa.Column('finished_at', UTC),
        sa.ForeignKeyConstraint(
            ['copy_id'], ['copies.id'], ondelete='CASCADE'
        ),
        sa.UniqueConstraint('copy_id', 'number', name='uniq_attempts0number'),
    )


def _create_conductors() -> None:
    _create_table(
        'conductors',
        sa.Column('process', sa.String(36), nullable=False),
        length=255,
    )
    _create_table(
        'services',
        sa.Column('name', sa.String(64), nullable=False),
        sa.Column('host', sa.String(255), nullable=False),
        sa.Column('pid', sa.Integer(), nullable=False),
        sa.Column('version', sa.String(64), nullable=False),
        sa.Column('conductor', sa.Boolean(), nullable=False),
        sa.Column('seen_at', UTC, nullable=False),
    )


def _create_rules() -> None:
    _create_table(
        'rules',
        sa.Column('project_id', sa.String(64), nullable=False),
        sa.Column('user_id', sa.String(64), nullable=False),
        sa.Column('name', sa.String(255), nullable=False),
        sa.Column('description', sa.String(1000)),
        sa.Column('enabled', sa.Boolean(), nullable=False),
        sa.Column('priority', sa.Integer(), nullable=False),
        sa.Column('source_site_id', sa.String(36), nullable=False),
        sa.Column('source_project_id', sa.String(64)),
        sa.Column('target_site_ids', sa.JSON(), nullable=False),
        sa.Column('credential_ids', JSON),
        sa.Column('terms', sa.JSON(), nullable=False),
        sa.Column('trigger', sa.JSON(), nullable=False),
        sa.Column('generation', sa.Integer(), nullable=False),
        sa.Column('blocked', JSON),
        sa.Column('again', sa.String(16)),
        sa.Column('planned_at', UTC),
        sa.Column('next_execution_at', UTC),
        sa.UniqueConstraint('project_id', 'name', name='uniq_rules0name'),
        sa.Index('rules_created_idx', 'created_at', 'id'),
        sa.Index('rules_due_idx', 'next_execution_at'),
        sa.Index('rules_project_idx', 'project_id', 'created_at', 'id'),
    )
    _create_table(
        'replicas',
        sa.Column('rule_id', sa.String(36), nullable=False),
        sa.Column('source_image_id', sa.String(36), nullable=False),
        sa.Column('target_site_id', sa.String(36), nullable=False),
        sa.Column('target_image_id', sa.String(36)),
        sa.Column('name', sa.String(255)),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('content', sa.String(255)),
        sa.Column('adopted', sa.Boolean(), nullable=False),
        sa.Column('written', sa.JSON(), nullable=False),
        sa.Column('refused', JSON),
        sa.Column('withdrawn', JSON),
        sa.Column('drift', JSON),
        sa.Column('error', JSON),
        sa.Column('replication_id', sa.String(36)),
        sa.Column('restored', sa.Integer(), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('next_try_at', UTC),
        sa.Column('gone_count', sa.Integer(), nullable=False),
        sa.Column('gone_at', UTC),
        sa.Column('verified_at', UTC),
        sa.ForeignKeyConstraint(['rule_id'], ['rules.id'], ondelete='CASCADE'),
        sa.UniqueConstraint(
            'rule_id',
            'source_image_id',
            'target_site_id',
            name='uniq_replicas0image',
        ),
        sa.Index('replicas_rule_idx', 'rule_id', 'created_at', 'id'),
        sa.Index('replicas_target_idx', 'target_site_id', 'target_image_id'),
    )


def _create_executions() -> None:
    _create_table(
        'executions',
        sa.Column('rule_id', sa.String(36), nullable=False),
        sa.Column('active_rule_id', sa.String(36)),
        sa.Column('trigger', sa.String(16), nullable=False),
        sa.Column('dry_run', sa.Boolean(), nullable=False),
        sa.Column('generation', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('cancelled', sa.Boolean(), nullable=False),
        sa.Column('complete', sa.Boolean()),
        sa.Column('counts', JSON),
        sa.Column('bytes', sa.BigInteger(), nullable=False),
        sa.Column('warnings', JSON),
        sa.Column('approved', JSON),
        sa.Column('error', JSON),
        sa.Column('conductor', sa.String(255)),
        sa.Column('lease', sa.String(36)),
        sa.Column('heartbeat', UTC),
        sa.Column('started_at', UTC),
        sa.Column('finished_at', UTC),
        sa.ForeignKeyConstraint(['rule_id'], ['rules.id'], ondelete='CASCADE'),
        sa.UniqueConstraint('active_rule_id', name='uniq_executions0active'),
        sa.Index('executions_rule_idx', 'rule_id', 'created_at', 'id'),
        sa.Index('executions_state_idx', 'state', 'heartbeat'),
        sa.Index('executions_finished_idx', 'finished_at'),
    )
    _create_table(
        'execution_items',
        sa.Column('execution_id', sa.String(36), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('source_image_id', sa.String(36), nullable=False),
        sa.Column('name', sa.String(255)),
        sa.Column('target_site_id', sa.String(36), nullable=False),
        sa.Column('target_image_id', sa.String(36)),
        sa.Column('action', sa.String(16), nullable=False),
        sa.Column('changes', JSON),
        sa.Column('bytes', sa.BigInteger(), nullable=False),
        sa.Column('reason', sa.Text()),
        sa.Column('replication_id', sa.String(36)),
        sa.Column('state', sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(
            ['execution_id'], ['executions.id'], ondelete='CASCADE'
        ),
        sa.UniqueConstraint(
            'execution_id', 'number', name='uniq_execution_items0number'
        ),
        sa.Index('execution_items_replication_idx', 'replication_id'),
    )
