# SPDX-License-Identifier: Apache-2.0

"""The tables."""

from datetime import datetime
from typing import Any

from oslo_db.sqlalchemy import models
from oslo_utils import timeutils
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import mysql

from glint import states

#: Naive UTC with microseconds, which MariaDB cuts off unless asked.
UTC = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql', 'mariadb')
#: Text of more than the 64 KiB that MariaDB's TEXT takes.
LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), 'mysql', 'mariadb')
#: Bytes of more than the 64 KiB that MariaDB's BLOB takes.
LONG_BLOB = sa.LargeBinary().with_variant(mysql.LONGBLOB(), 'mysql', 'mariadb')
ID = sa.String(36)
# Keystone's ids are up to 64 characters long.
KEYSTONE_ID = sa.String(64)


class Base(models.ModelBase, orm.DeclarativeBase):
    """What all rows have."""

    __table_args__: Any = {
        'mysql_engine': 'InnoDB',
        'mysql_charset': 'utf8mb4',
        # Compares exactly, as the other databases do.
        'mysql_collate': 'utf8mb4_bin',
    }

    id: orm.Mapped[str] = orm.mapped_column(ID, primary_key=True)
    created_at: orm.Mapped[datetime] = orm.mapped_column(
        UTC, default=timeutils.utcnow
    )
    updated_at: orm.Mapped[datetime | None] = orm.mapped_column(
        UTC, onupdate=timeutils.utcnow
    )


class Project(Base):
    """What is locked while the things of a project are counted."""

    __tablename__ = 'projects'

    id: orm.Mapped[str] = orm.mapped_column(KEYSTONE_ID, primary_key=True)
    #: When a conductor last looked for something to claim of the project.
    served_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)


class Site(Base):
    """A Keystone and Glance that images can be copied from or to."""

    __tablename__ = 'sites'
    __table_args__ = (
        sa.UniqueConstraint('project_id', 'name', name='uniq_sites0name'),
        sa.Index('sites_probe_idx', 'next_probe_at'),
        Base.__table_args__,
    )

    # The home site belongs to nobody; '' because NULLs are never equal.
    project_id: orm.Mapped[str] = orm.mapped_column(KEYSTONE_ID, default='')
    name: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    description: orm.Mapped[str | None] = orm.mapped_column(sa.String(1000))
    auth_url: orm.Mapped[str] = orm.mapped_column(sa.String(1000))
    region_name: orm.Mapped[str | None] = orm.mapped_column(sa.String(255))
    interface: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    ca_cert: orm.Mapped[str | None] = orm.mapped_column(LONG_TEXT)
    enabled: orm.Mapped[bool] = orm.mapped_column(default=True)
    home: orm.Mapped[bool] = orm.mapped_column(default=False)
    shared: orm.Mapped[bool] = orm.mapped_column(default=False)
    health_state: orm.Mapped[str] = orm.mapped_column(
        sa.String(16), default='unknown'
    )
    health_detail: orm.Mapped[str | None] = orm.mapped_column(sa.Text())
    health_checked_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)
    #: How often in a row the site did not answer.
    failures: orm.Mapped[int] = orm.mapped_column(default=0)
    #: When a site that does not answer is asked again; None if it answers.
    next_probe_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)
    #: When the last question to a site that did not answer began.
    probed_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)


class Credential(Base):
    """How a user authenticates at a site; ``secret`` is encrypted."""

    __tablename__ = 'credentials'
    __table_args__ = (
        sa.UniqueConstraint(
            'project_id',
            'user_id',
            'site_id',
            'name',
            name='uniq_credentials0name',
        ),
        sa.Index('credentials_site_id_idx', 'site_id'),
        sa.Index('credentials_key_id_idx', 'key_id'),
        sa.Index('credentials_check_idx', 'next_check_at'),
        sa.Index('credentials_refused_idx', 'refused_at'),
        sa.Index('credentials_trial_idx', 'trial_of'),
        Base.__table_args__,
    )

    project_id: orm.Mapped[str] = orm.mapped_column(KEYSTONE_ID)
    user_id: orm.Mapped[str] = orm.mapped_column(KEYSTONE_ID)
    site_id: orm.Mapped[str] = orm.mapped_column(
        ID, sa.ForeignKey('sites.id', ondelete='CASCADE')
    )
    name: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    auth_type: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    shared: orm.Mapped[bool] = orm.mapped_column(default=False)
    state: orm.Mapped[str] = orm.mapped_column(
        sa.String(16), default='unknown'
    )
    detail: orm.Mapped[str | None] = orm.mapped_column(sa.Text())
    checked_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)
    #: When a conductor checks it next; None if only a user may have it
    #: checked.
    next_check_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)
    #: Since when its site refuses it; None if it does not.
    refused_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)
    #: How often in a row its site refused it in a way that sites may lock
    #: the account for.
    wrong_logins: orm.Mapped[int] = orm.mapped_column(default=0)
    expires_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)
    #: Which code can read ``secret``, and the key that it needs.
    scheme: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    key_id: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    secret: orm.Mapped[str] = orm.mapped_column(LONG_TEXT)
    #: The credential whose secret this one is to replace, if its site takes
    #: it; such a row is there while the site is asked, and no user sees it.
    trial_of: orm.Mapped[str | None] = orm.mapped_column(
        ID, sa.ForeignKey('credentials.id', ondelete='CASCADE')
    )

    def __repr__(self) -> str:
        return f'<Credential {self.id}>'


class Conductor(Base):
    """The name of a conductor, and the process that had it last."""

    __tablename__ = 'conductors'

    #: The name.
    id: orm.Mapped[str] = orm.mapped_column(sa.String(255), primary_key=True)
    process: orm.Mapped[str] = orm.mapped_column(sa.String(36))


class Service(Base):
    """A process that runs, or was killed not long ago; its id is new."""

    __tablename__ = 'services'

    #: The name of its program.
    name: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    #: The name of the conductor, or of the host of the API.
    host: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    pid: orm.Mapped[int]
    version: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    conductor: orm.Mapped[bool]
    #: When it last said that it runs.
    seen_at: orm.Mapped[datetime] = orm.mapped_column(UTC)


class KeptSecret(Base):
    """A secret that a key manager keeps for a credential."""

    __tablename__ = 'kept_secrets'
    __table_args__ = (
        sa.Index('kept_secrets_credential_idx', 'credential_id'),
        Base.__table_args__,
    )

    #: Without a foreign key: it has to outlive the credential.
    credential_id: orm.Mapped[str] = orm.mapped_column(ID)
    key_manager: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    ref: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    #: Whether no row has named it yet.
    pending: orm.Mapped[bool] = orm.mapped_column()


class Replication(Base):
    """A user's request: one image at one site, to several others."""

    __tablename__ = 'replications'
    __table_args__ = (
        sa.UniqueConstraint(
            'project_id', 'client_token', name='uniq_replications0token'
        ),
        # What conductors look for.
        sa.Index(
            'replications_queue_idx',
            'project_id',
            'state',
            'priority',
            'turn_at',
        ),
        sa.Index('replications_source_idx', 'source_site_id', 'state'),
        sa.Index(
            'replications_credential_idx', 'source_credential_id', 'state'
        ),
        sa.Index('replications_finished_idx', 'finished_at'),
        sa.Index('replications_rule_idx', 'rule_id', 'state'),
        # Lists, in the order in which they come unless they are sorted.
        sa.Index('replications_created_idx', 'created_at', 'id'),
        sa.Index('replications_state_idx', 'state', 'created_at', 'id'),
        sa.Index('replications_project_idx', 'project_id', 'created_at', 'id'),
        sa.Index(
            'replications_project_state_idx',
            'project_id',
            'state',
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
            'replications_project_image_idx',
            'project_id',
            'image_id',
            'created_at',
            'id',
        ),
        Base.__table_args__,
    )

    project_id: orm.Mapped[str] = orm.mapped_column(KEYSTONE_ID)
    user_id: orm.Mapped[str] = orm.mapped_column(KEYSTONE_ID)
    request_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(64))
    #: The id that the caller gave the request, where it did.
    global_request_id: orm.Mapped[str | None] = orm.mapped_column(
        sa.String(64)
    )
    client_token: orm.Mapped[str | None] = orm.mapped_column(sa.String(255))
    #: The rule that asked for it, if it was one.
    rule_id: orm.Mapped[str | None] = orm.mapped_column(ID)
    #: Of what was asked for; see order/repeated.py.
    request_hash: orm.Mapped[str | None] = orm.mapped_column(sa.String(64))
    image_id: orm.Mapped[str] = orm.mapped_column(ID)
    #: What the request calls it, until its source has told.
    image_name: orm.Mapped[str | None] = orm.mapped_column(sa.String(255))
    #: Of the image's data, with the algorithm before a colon.
    source_hash: orm.Mapped[str | None] = orm.mapped_column(sa.String(255))
    source_site_id: orm.Mapped[str] = orm.mapped_column(ID)
    #: As it was called at the time: the site may be gone since.
    source_site_name: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    source_credential_id: orm.Mapped[str] = orm.mapped_column(ID)
    #: Those that the request named, for the source and the targets.
    credential_ids: orm.Mapped[list[str] | None] = orm.mapped_column(
        sa.JSON(none_as_null=True)
    )
    options: orm.Mapped[dict[str, Any]] = orm.mapped_column(sa.JSON())
    state: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    #: The place of the priority in :data:`glint.states.PRIORITIES`.
    priority: orm.Mapped[int] = orm.mapped_column(
        default=states.PRIORITIES.index(states.NORMAL)
    )
    #: In which order those of a project are claimed; see glint.db.queue.turn.
    turn_at: orm.Mapped[datetime] = orm.mapped_column(
        UTC, default=timeutils.utcnow
    )
    size: orm.Mapped[int | None] = orm.mapped_column(sa.BigInteger())
    started_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)
    finished_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)


class ImageCopy(Base):
    """One image to one target site: the unit of work."""

    __tablename__ = 'copies'
    __table_args__ = (
        sa.UniqueConstraint(
            'replication_id', 'target_site_id', name='uniq_copies0target'
        ),
        sa.Index('copies_state_idx', 'state', 'next_attempt_at'),
        sa.Index('copies_target_idx', 'target_site_id', 'state'),
        sa.Index('copies_leftover_idx', 'outcome', 'target_image_id'),
        sa.Index('copies_credential_idx', 'credential_id', 'state'),
        Base.__table_args__,
    )

    replication_id: orm.Mapped[str] = orm.mapped_column(
        ID, sa.ForeignKey('replications.id', ondelete='CASCADE')
    )
    target_site_id: orm.Mapped[str] = orm.mapped_column(ID)
    #: As it was called at the time, likewise.
    target_site_name: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    credential_id: orm.Mapped[str] = orm.mapped_column(ID)
    #: What Glint made, or found, at the target.
    target_image_id: orm.Mapped[str | None] = orm.mapped_column(ID)
    #: What Glint makes beside it, until the copy is completed: the content
    #: of what is not complete yet, else null, by the ids of the images.
    made_image_ids: orm.Mapped[dict[str, str | None] | None] = (
        orm.mapped_column(sa.JSON(none_as_null=True))
    )
    #: Which of these bear no mark, as the target lets none be set: the row
    #: alone proves that Glint made them.
    unmarked_image_ids: orm.Mapped[list[str] | None] = orm.mapped_column(
        sa.JSON(none_as_null=True)
    )
    state: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    phase: orm.Mapped[str | None] = orm.mapped_column(sa.String(16))
    outcome: orm.Mapped[str | None] = orm.mapped_column(sa.String(16))
    bytes_sent: orm.Mapped[int] = orm.mapped_column(sa.BigInteger(), default=0)
    bytes_total: orm.Mapped[int | None] = orm.mapped_column(sa.BigInteger())
    rate: orm.Mapped[int | None] = orm.mapped_column(sa.BigInteger())
    attempts: orm.Mapped[int] = orm.mapped_column(default=0)
    next_attempt_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)
    #: The replication that makes the same image there, if the next attempt
    #: waits for that.
    awaited_id: orm.Mapped[str | None] = orm.mapped_column(ID)
    error: orm.Mapped[dict[str, Any] | None] = orm.mapped_column(
        sa.JSON(none_as_null=True)
    )
    notes: orm.Mapped[list[str] | None] = orm.mapped_column(
        sa.JSON(none_as_null=True)
    )
    #: What the site refused of the image, by field: it has to be compared
    #: without that.
    refused: orm.Mapped[dict[str, Any] | None] = orm.mapped_column(
        sa.JSON(none_as_null=True)
    )
    conductor: orm.Mapped[str | None] = orm.mapped_column(sa.String(255))
    #: New with each claim: a conductor that lost the copy cannot change it.
    lease: orm.Mapped[str | None] = orm.mapped_column(ID)
    heartbeat: orm.Mapped[datetime | None] = orm.mapped_column(UTC)
    started_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)
    finished_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)
    #: When the removal of what the copy left behind was last begun.
    cleaned_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)


class Attempt(Base):
    """What became of one claim of a copy; its id is that of the lease."""

    __tablename__ = 'attempts'
    __table_args__ = (
        sa.UniqueConstraint('copy_id', 'number', name='uniq_attempts0number'),
        Base.__table_args__,
    )

    copy_id: orm.Mapped[str] = orm.mapped_column(
        ID, sa.ForeignKey('copies.id', ondelete='CASCADE')
    )
    number: orm.Mapped[int]
    conductor: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    state: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    error: orm.Mapped[dict[str, Any] | None] = orm.mapped_column(
        sa.JSON(none_as_null=True)
    )
    bytes_sent: orm.Mapped[int] = orm.mapped_column(sa.BigInteger(), default=0)
    started_at: orm.Mapped[datetime] = orm.mapped_column(UTC)
    finished_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)


class ImageListing(Base):
    """The images that a site shows to a credential, as last asked for."""

    __tablename__ = 'image_listings'
    __table_args__ = (
        sa.UniqueConstraint(
            'credential_id', 'scope', name='uniq_image_listings0scope'
        ),
        sa.Index('image_listings_asked_idx', 'asked_at'),
        Base.__table_args__,
    )

    credential_id: orm.Mapped[str] = orm.mapped_column(
        ID, sa.ForeignKey('credentials.id', ondelete='CASCADE')
    )
    #: Which of the images that the credential may see.
    scope: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    state: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    detail: orm.Mapped[str | None] = orm.mapped_column(sa.Text())
    #: When the site was last asked, and when what it then answered was true.
    asked_at: orm.Mapped[datetime] = orm.mapped_column(UTC)
    listed_at: orm.Mapped[datetime | None] = orm.mapped_column(UTC)
    #: Compressed JSON; None until the site has answered once.
    images: orm.Mapped[bytes | None] = orm.mapped_column(LONG_BLOB)
