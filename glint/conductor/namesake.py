# SPDX-License-Identifier: Apache-2.0

"""Notices that two conductors that run have the same name.

Their leases keep their copies apart. But operators cannot tell who holds what,
and take the copies of both away when they evacuate one.
"""

import uuid

from oslo_log import log

from glint.conductor import crew as crews
from glint.db import engine
from glint.db.queue import conductor as db_conductor

LOG = log.getLogger(__name__)


class Watch:
    """The chore; it writes down which process has the name.

    A conductor that finds another process there, after its own, knows that
    this one was started later and that both run. The first look tells
    nothing: a conductor that was killed is replaced under the same name.

    :param name: of the conductor.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._process = str(uuid.uuid4())
        self._known = False
        self._told = False

    def __call__(self, context: engine.Context, crew: crews.Crew) -> None:
        """Look who had the name, and take it again.

        :param crew: what this chore needs no help of.
        """
        taken = db_conductor.take_name(context, self._name, self._process)
        if taken and self._known and not self._told:
            LOG.error(
                'Another conductor runs under the name %s. Nobody can tell '
                'which of them holds a copy, and "glint-manage conductor '
                'evacuate" stops those of both. Set "host" in [conductor] of '
                'one of them to another name, and restart it.',
                self._name,
            )
        self._told = self._known and taken
        self._known = True
