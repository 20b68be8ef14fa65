# SPDX-License-Identifier: Apache-2.0

"""What the API asks of the conductors."""

from collections.abc import Callable
from collections.abc import Collection
from concurrent import futures
import threading
from typing import Any

from oslo_log import log
import oslo_messaging

from glint import conf
from glint import context as glint_context
from glint import exception
from glint import rpc
from glint.db import engine

LOG = log.getLogger(__name__)

Context = glint_context.RequestContext

#: Messages on their way at once; there are more only if the broker hangs.
_MAX_WAITING = 100
#: What a message and its answer may take beside the work, in seconds.
_ON_THE_WAY = 2.0
#: How oslo.messaging calls a refusal that came over a broker.
_REFUSAL = exception.TooManyWaiting.__name__
_waiting = threading.BoundedSemaphore(_MAX_WAITING)


class ConductorAPI:
    """Client of :class:`glint.conductor.manager.Manager`.

    Versions of the interface:

    * 1.0 - replicate, check_credential, plan, list_images
    """

    VERSION = '1.0'

    def __init__(self) -> None:
        self._client = rpc.get_client(self.VERSION)

    def replicate(self, context: Context, replication_id: str) -> None:
        """Tell a conductor that copies of a replication are queued.

        Returns at once. Nothing is lost if the message does not arrive:
        conductors look for queued copies of themselves, only a little later.
        """

        def log_failure(sent: futures.Future[None]) -> None:
            if sent.exception() is not None:
                LOG.warning(
                    'No message about replication %s was sent; a conductor '
                    'will find it by itself: %s',
                    replication_id,
                    sent.exception(),
                )

        sent = _in_thread(
            self._client.cast,
            context,
            'replicate',
            replication_id=replication_id,
        )
        sent.add_done_callback(log_failure)

    def check_credential(self, context: Context, credential_id: str) -> bool:
        """Have a credential tried at its site.

        The conductor writes what it found to the credential's row.

        :returns: whether the credential works.
        :raises ConductorUnavailable: if none answers in time.
        :raises TooManyWaiting: if the conductor has too much to do.
        """
        ok: bool = self._call(
            context,
            'check_credential',
            conf.CONF.api.conductor_timeout,
            credential_id=credential_id,
        )
        return ok

    def plan(
        self, context: Context, request: dict[str, Any]
    ) -> dict[str, Any]:
        """Ask what a replication would do.

        :param request: image_id, source_site_id, source_credential_id,
            options, and targets, from site ids to credential ids.
        :returns: the body of the API's answer.
        :raises ConductorUnavailable: if none answers in time.
        :raises TooManyWaiting: if the conductor has too much to do.
        """
        plan: dict[str, Any] = self._call(
            context,
            'plan',
            conf.CONF.api.conductor_timeout,
            request=request,
        )
        return plan

    def list_images(
        self,
        context: Context,
        keys: Collection[tuple[str, str]],
        wait: float,
    ) -> None:
        """Have the images listed that credentials see at their sites.

        The conductor writes what it found to the database.

        :param keys: the id of each credential, with the name of what of
            that is wanted.
        :param wait: for how many seconds the end is waited for; what takes
            longer goes on, and with 0 nothing is waited for.
        :raises ConductorUnavailable: if it is waited for and none answers.
        :raises TooManyWaiting: if the conductor has too much to do.
        """
        named = [list(key) for key in keys]
        if wait:
            self._call(context, 'list_images', wait, keys=named)
        else:
            _in_thread(
                self._client.cast,
                context,
                'list_images',
                keys=named,
                wait=wait,
            )

    def _call(
        self,
        context: Context,
        method: str,
        wait: float,
        **arguments: Any,
    ) -> Any:
        """Ask a conductor, and wait for what it says.

        :param wait: for how many seconds the conductor may work on it; it is
            told, so that it says by then what it knows.
        """
        timeout = wait + _ON_THE_WAY
        client = self._client.prepare(timeout=timeout)
        answer = _in_thread(
            client.call, context, method, wait=wait, **arguments
        )
        try:
            return answer.result(timeout)
        except exception.TooManyWaiting:
            raise
        except Exception as e:
            if getattr(e, 'exc_type', None) == _REFUSAL:
                raise exception.TooManyWaiting() from None
            if _is_busy(e):
                raise exception.DatabaseBusy() from None
            # Those of the libraries below oslo.messaging among them.
            LOG.warning(
                'No conductor answered %s: %s: %s', method, type(e).__name__, e
            )
            raise exception.ConductorUnavailable() from None


def _is_busy(error: Exception) -> bool:
    """Say whether a conductor met a row that is locked."""
    if isinstance(error, oslo_messaging.RemoteError):
        return bool(error.exc_type == engine.Busy.__name__)
    return isinstance(error, engine.Busy)


def _in_thread(
    function: Callable[..., Any], *arguments: Any, **named: Any
) -> futures.Future[Any]:
    """Send a message from a thread of its own.

    A broker that is away can hold it for ever, whatever time limits
    oslo.messaging is given.

    :returns: what comes of it.
    """
    future: futures.Future[Any] = futures.Future()
    if not _waiting.acquire(blocking=False):
        future.set_exception(RuntimeError('too many messages wait already'))
        return future

    def run() -> None:
        try:
            future.set_result(function(*arguments, **named))
        except Exception as e:
            future.set_exception(e)
        finally:
            _waiting.release()

    threading.Thread(target=run, name='message', daemon=True).start()
    return future
