# SPDX-License-Identifier: Apache-2.0

"""What the log says of a copy: one line at the end of each attempt."""

from collections.abc import Sequence
import time

from glint.conductor.copy import run as runs
from glint.db import replication as db_replication
from glint.image import text

_MIB = 1024 * 1024


def name(
    replication: db_replication.Replication, copies: Sequence[runs.CopyRun]
) -> None:
    """Let copies know the names of what they are about.

    :param replication: the one that all of them are of.
    """
    for run in copies:
        run.image = replication.image_name or replication.image_id
        run.source_name = replication.source_site_name
        run.target_name = run.copy.target_site_name


def line(run: runs.CopyRun, outcome: str, reason: str | None = None) -> str:
    """Tell all of an attempt that ends.

    :param outcome: what became of it, in some words.
    :param reason: why, in whole sentences.
    """
    seconds = max(time.monotonic() - run.began, 0.001)
    told = (
        '%(outcome)s: image %(image)s from %(source)s to %(target)s, %(sent)d '
        'bytes in %(seconds).1f s, %(rate).1f MiB/s%(reason)s [copy %(copy)s, '
        'replication %(replication)s, attempt %(attempt)d]'
    )
    return told % {
        'outcome': outcome,
        'image': text.printable(run.image),
        'source': run.source_name,
        'target': run.target_name,
        'sent': run.bytes_sent,
        'seconds': seconds,
        'rate': run.bytes_sent / seconds / _MIB,
        'reason': f'. {reason}' if reason else '',
        'copy': run.copy.id,
        'replication': run.copy.replication_id,
        'attempt': run.copy.attempts,
    }
