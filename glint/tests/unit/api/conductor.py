# SPDX-License-Identifier: Apache-2.0

"""A conductor that notes what the API asks of it."""

from collections.abc import Callable
import queue
from typing import Any

import oslo_messaging

from glint import context as glint_context
from glint import states
from glint.db import credential as db_credential


class RecordingConductor:
    """Answers as a conductor does, with what the test has set.

    :ivar asked: what was asked, as tuples of a method and its argument.
    :ivar verdict: what it finds when it tries a credential.
    :ivar detail: what it says about that.
    :ivar on_listing: called when it is to list the images that a credential
        sees, with the id of that and the scope.
    :ivar on_question: called before each answer that is waited for.
    """

    target = oslo_messaging.Target(version='1.0')

    def __init__(self) -> None:
        self.asked: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.verdict = states.CREDENTIAL_OK
        self.detail: str | None = None
        self.on_listing: Callable[..., None] = lambda *_arguments: None
        self.on_question: Callable[[], None] = lambda: None

    def next_call(self) -> tuple[str, Any]:
        """:returns: what was asked next, as soon as it has been asked."""
        return self.asked.get(timeout=10)

    @oslo_messaging.expose
    def replicate(
        self, context: glint_context.RequestContext, replication_id: str
    ) -> None:
        self.asked.put(('replicate', replication_id))

    @oslo_messaging.expose
    def check_credential(
        self,
        context: glint_context.RequestContext,
        credential_id: str,
        wait: float,
    ) -> bool:
        self.asked.put(('check_credential', credential_id))
        self.on_question()
        db_credential.set_state(
            context, credential_id, self.verdict, self.detail
        )
        return self.verdict == states.CREDENTIAL_OK

    @oslo_messaging.expose
    def plan(
        self,
        context: glint_context.RequestContext,
        request: dict[str, Any],
        wait: float,
    ) -> dict[str, Any]:
        self.asked.put(('plan', request))
        self.on_question()
        return {
            'image_id': request['image_id'],
            'image_name': 'debian-13',
            'size': 3,
            'source_site_id': request['source_site_id'],
            'targets': [
                {
                    'target_site_id': site_id,
                    'action': 'copy',
                    'target_image_id': None,
                    'bytes': 3,
                    'reasons': [],
                    'notes': [],
                }
                for site_id in request['targets']
            ],
        }

    @oslo_messaging.expose
    def list_images(
        self,
        context: glint_context.RequestContext,
        keys: list[list[str]],
        wait: float,
    ) -> None:
        if wait:
            self.on_question()
        for credential_id, scope in keys:
            self.on_listing(context, credential_id, scope)
        self.asked.put(('list_images', (keys, wait)))
