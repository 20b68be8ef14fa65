# SPDX-License-Identifier: Apache-2.0

"""Which requests may wait, so that others are answered at once.

A request that waits, for a conductor or for its own body, keeps one of the
few threads of its process. Fewer wait than there are threads, and of one
project fewer than that; what is more is refused at once.
"""

from contextlib import AbstractContextManager

from oslo_log import log

from glint import conf
from glint import gate

LOG = log.getLogger(__name__)

_gate = gate.Gate(1, 1)


def prepare() -> None:
    """Take the number of threads of the process from the configuration."""
    global _gate  # noqa: PLW0603
    threads = conf.CONF.api.threads
    if threads == 1:
        LOG.warning(
            'A process of the API has one thread: while one request waits '
            'for a conductor, others wait for that one. Give it more, as by '
            '"threads" of uWSGI.'
        )
    total = max(1, threads - 1)
    _gate = gate.Gate(total, max(1, min(total - 1, threads // 2)))


def slot(project_id: str | None) -> AbstractContextManager[None]:
    """Wait within this, be it for a conductor or for a body.

    :param project_id: of the caller; None if that is not known yet.
    :raises TooManyWaiting: when it is entered, if too many wait already.
    """
    return _gate.passed(project_id)
