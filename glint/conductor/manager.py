# SPDX-License-Identifier: Apache-2.0

"""What conductors answer to the API."""

from typing import Any

from oslo_log import log
import oslo_messaging

from glint import conf
from glint import context as glint_context
from glint import exception
from glint.conductor import credential
from glint.conductor import crew
from glint.conductor import dispatcher
from glint.conductor import lister
from glint.conductor.copy import dry_run
from glint.db import engine
from glint.db import image_listing as db_image_listing

LOG = log.getLogger(__name__)

Context = glint_context.RequestContext

#: The API is told, and no operator needs to know.
_refusing = oslo_messaging.expected_exceptions(
    exception.TooManyWaiting, engine.Busy
)


class Manager:
    """The RPC endpoint; :mod:`glint.conductor.rpcapi` is its client.

    :param work: is told when there is something to copy.
    :param lists: is told which images to list.
    """

    target = oslo_messaging.Target(version='1.0')

    def __init__(
        self, work: dispatcher.Dispatcher, lists: lister.Lister
    ) -> None:
        self._work = work
        self._lists = lists
        # Each question keeps a thread of the server of RPC.
        self._gate = crew.make_gate(conf.CONF.conductor.max_questions)

    @oslo_messaging.expose
    def replicate(self, context: Context, replication_id: str) -> None:
        """Copies of a replication are queued."""
        self._work.ring()

    @oslo_messaging.expose
    @_refusing
    def check_credential(
        self, context: Context, credential_id: str, wait: float
    ) -> bool:
        """Try a credential at its site."""
        with self._gate.passed(context.project_id):
            works = credential.check(context, credential_id, seconds=wait)
        if works:
            # Copies may have waited for it.
            self._work.ring()
        return works

    @oslo_messaging.expose
    @_refusing
    def plan(
        self, context: Context, request: dict[str, Any], wait: float
    ) -> dict[str, Any]:
        """Say what a replication would do."""
        with self._gate.passed(context.project_id):
            return dry_run.plan(context, request, wait)

    @oslo_messaging.expose
    @_refusing
    def list_images(
        self, context: Context, keys: list[list[str]], wait: float
    ) -> None:
        """List what some credentials see."""
        wanted = [db_image_listing.Key(*key) for key in keys]
        if not wait:
            self._lists.refresh(context, wanted, 0)
            return
        with self._gate.passed(context.project_id):
            self._lists.refresh(context, wanted, wait)
