# SPDX-License-Identifier: Apache-2.0

"""The states of copies and replications, and what they mean together.

A copy moves as follows, each arrow one compare-and-swap in the database::

    queued -> copying -> completed
    queued -> cancelled
    queued -> error (its credential was refused for too long)
    copying -> error, queued (another attempt later)
    copying -> cancelling -> cancelled
    error, cancelled -> queued (retry)
"""

from collections.abc import Collection

QUEUED = 'queued'
COPYING = 'copying'
CANCELLING = 'cancelling'
COMPLETED = 'completed'
ERROR = 'error'
CANCELLED = 'cancelled'

ALL = (QUEUED, COPYING, CANCELLING, COMPLETED, ERROR, CANCELLED)
#: States in which somebody still has work to do.
ACTIVE = (QUEUED, COPYING, CANCELLING)
#: States in which a conductor holds the copy.
HELD = (COPYING, CANCELLING)
FINAL = (COMPLETED, ERROR, CANCELLED)
RETRYABLE = (ERROR, CANCELLED)

# Phases of a copy while it is COPYING.
PREPARING = 'preparing'
READING = 'reading'
SENDING = 'sending'
VERIFYING = 'verifying'
PHASES = (PREPARING, READING, SENDING, VERIFYING)

# Outcomes of a COMPLETED copy. SKIPPED ones have made nothing: another image
# has the name, and the user asked for no copy then.
COPIED = 'copied'
ADOPTED = 'adopted'
SKIPPED = 'skipped'
OUTCOMES = (COPIED, ADOPTED, SKIPPED)

# What became of one attempt to make a copy; STOPPED ones were handed back by
# a conductor that ended, and count for nothing.
STOPPED = 'stopped'
ATTEMPT_STATES = (COPYING, COMPLETED, ERROR, CANCELLED, STOPPED)

# Why a copy that is QUEUED is not claimed; see glint.db.queue.waiting.
CREDENTIAL_REFUSED = 'credential_refused'
SITE_SILENT = 'site_silent'
SOURCE_FULL = 'source_full'
TARGET_FULL = 'target_full'
PROJECT_FULL = 'project_full'
BACKOFF = 'backoff'
RESERVATION = 'reservation'
TURN = 'turn'
WAITS = (
    CREDENTIAL_REFUSED,
    SITE_SILENT,
    SOURCE_FULL,
    TARGET_FULL,
    PROJECT_FULL,
    BACKOFF,
    RESERVATION,
    TURN,
)

# How urgent a replication is, the most urgent first.
HIGH = 'high'
NORMAL = 'normal'
LOW = 'low'
PRIORITIES = (HIGH, NORMAL, LOW)

# What the last check of a credential said.
CREDENTIAL_OK = 'ok'
CREDENTIAL_UNAUTHORIZED = 'unauthorized'
CREDENTIAL_UNREACHABLE = 'unreachable'
CREDENTIAL_UNKNOWN = 'unknown'
CREDENTIAL_STATES = (
    CREDENTIAL_OK,
    CREDENTIAL_UNAUTHORIZED,
    CREDENTIAL_UNREACHABLE,
    CREDENTIAL_UNKNOWN,
)

# What the last contact with a site said.
SITE_OK = 'ok'
SITE_UNREACHABLE = 'unreachable'
SITE_UNKNOWN = 'unknown'
SITE_STATES = (SITE_OK, SITE_UNREACHABLE, SITE_UNKNOWN)

# What became of asking a site for its images.
LISTING_OK = 'ok'
LISTING_UNREACHABLE = 'unreachable'
LISTING_UNAUTHORIZED = 'unauthorized'
LISTING_STATES = (LISTING_OK, LISTING_UNREACHABLE, LISTING_UNAUTHORIZED)

# How a site has a content: these and COPYING.
IN_SYNC = 'in_sync'
DIFFERS = 'differs'
MISSING = 'missing'
UNVERIFIABLE = 'unverifiable'
PRESENCE_STATES = (IN_SYNC, DIFFERS, MISSING, COPYING, UNVERIFIABLE)

# An image at a target that a rule keeps like its source.
PENDING = 'pending'
DRIFTED = 'drifted'
RETIRING = 'retiring'
RETIRED = 'retired'
DECLINED = 'declined'
CONFLICT = 'conflict'
FAILED = 'failed'
REPLICA_STATES = (
    PENDING,
    COPYING,
    IN_SYNC,
    DRIFTED,
    MISSING,
    RETIRING,
    RETIRED,
    DECLINED,
    CONFLICT,
    FAILED,
)

# One pass of a rule. While it is COPYING, its replications run, and nobody
# holds it.
RUNNING = 'running'
NEEDS_APPROVAL = 'needs_approval'
PARTIAL = 'partial'
EXECUTION_STATES = (
    QUEUED,
    RUNNING,
    COPYING,
    NEEDS_APPROVAL,
    COMPLETED,
    PARTIAL,
    ERROR,
    CANCELLED,
)
#: States in which an execution has ended.
ENDED = (COMPLETED, PARTIAL, ERROR, CANCELLED)

# What an execution does with one image at one target.
PLANNED = 'planned'
DONE = 'done'
#: A user has to let it go before it is done.
UNAPPROVED = 'unapproved'
ITEM_STATES = (PLANNED, COPYING, DONE, UNAPPROVED, ERROR)

# How a rule is.
RULE_OK = 'ok'
DEGRADED = 'degraded'
BLOCKED = 'blocked'
DISABLED = 'disabled'
RULE_STATES = (RULE_OK, DEGRADED, BLOCKED, DISABLED)

# Why a rule is executed.
MANUAL = 'manual'
SCHEDULE = 'schedule'
EVENT = 'event'
CHANGE = 'change'
TRIGGERS = (MANUAL, SCHEDULE, EVENT, CHANGE)


def of_replication(copies: Collection[str]) -> str:
    """Derive the state of a replication from those of its copies.

    :param copies: the states that its copies are in, at least one; how
        many copies are in a state does not matter.
    :returns: the state of the replication.
    """
    present = set(copies)
    if CANCELLING in present:
        return CANCELLING
    if COPYING in present:
        return COPYING
    if QUEUED in present:
        return QUEUED if present == {QUEUED} else COPYING
    if ERROR in present:
        return ERROR
    if CANCELLED in present:
        return CANCELLED
    return COMPLETED
