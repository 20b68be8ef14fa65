# SPDX-License-Identifier: Apache-2.0

"""The message bus between the API and the conductors."""

from typing import Any

import oslo_messaging
from oslo_messaging.rpc import server

from glint import conf
from glint import context

TOPIC = 'glint.conductor'
EXCHANGE = 'glint'

_transport: oslo_messaging.Transport | None = None


class ContextSerializer(oslo_messaging.NoOpSerializer):
    """Carries the request's context, without any token."""

    def serialize_context(
        self, ctxt: context.RequestContext
    ) -> dict[str, Any]:
        return context.without_token(ctxt)

    def deserialize_context(
        self, ctxt: dict[str, Any]
    ) -> context.RequestContext:
        return context.RequestContext.from_dict(ctxt)


def init() -> None:
    """Take the settings; connects to nothing yet."""
    global _transport  # noqa: PLW0603
    oslo_messaging.set_transport_defaults(control_exchange=EXCHANGE)
    _transport = oslo_messaging.get_rpc_transport(conf.CONF)


def cleanup() -> None:
    """Close all connections."""
    global _transport  # noqa: PLW0603
    if _transport is not None:
        _transport.cleanup()
    _transport = None


def get_client(version: str) -> oslo_messaging.RPCClient:
    """Make a client of the conductors.

    :param version: the version of their interface that the client speaks.
    """
    # The default is to retry for ever, which would hang requests while the
    # broker is away.
    return oslo_messaging.get_rpc_client(
        _transport,
        oslo_messaging.Target(topic=TOPIC, version=version),
        version_cap=version,
        serializer=ContextSerializer(),
        retry=1,
    )


def get_server(endpoint: Any, host: str) -> server.RPCServer:
    """Make the server of a conductor.

    :param endpoint: has the methods that the API can call.
    :param host: the name of the conductor.
    """
    return oslo_messaging.get_rpc_server(
        _transport,
        oslo_messaging.Target(topic=TOPIC, server=host),
        [endpoint],
        serializer=ContextSerializer(),
        access_policy=oslo_messaging.ExplicitRPCAccessPolicy,
    )
