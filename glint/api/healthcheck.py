# SPDX-License-Identifier: Apache-2.0

"""What ``/healthcheck`` looks at; its answers say nothing that is secret."""

import socket

from oslo_log import log
import oslo_messaging
from oslo_middleware.healthcheck import pluginbase

from glint import conf
from glint import context
from glint import outage
from glint.db import engine
from glint.db import listing
from glint.db import site as db_site

LOG = log.getLogger(__name__)

_DATABASE = outage.Outage(LOG, log.ERROR, 'The database is not available: %s')
_BROKER = outage.Outage(
    LOG, log.WARNING, 'The broker at %s:%s is not available: %s'
)

#: How long the broker may take to answer, in seconds.
_TIMEOUT = 2


class Database(pluginbase.HealthcheckBaseExtension):
    """Whether the tables can be read."""

    def healthcheck(self, server_port: int) -> pluginbase.HealthcheckResult:
        try:
            db_site.index(context.for_service(), None, listing.Page(limit=1))
        except Exception as e:
            _DATABASE.met(e)
            return pluginbase.HealthcheckResult(
                False, 'The database is not available.'
            )
        reason = 'The database is available.'
        if engine.is_waited_for():
            # Most calls work, so that the API is not to be taken out of
            # service for that.
            reason = (
                'The database is available, but calls wait for a row that '
                'another transaction has locked; the log has more.'
            )
        return pluginbase.HealthcheckResult(True, reason)


class Messaging(pluginbase.HealthcheckBaseExtension):
    """Whether the broker can be reached.

    Without it the API still does its work, only later: it must not be taken
    out of service, so this never fails the check as a whole.
    """

    def healthcheck(self, server_port: int) -> pluginbase.HealthcheckResult:
        url = oslo_messaging.TransportURL.parse(conf.CONF)
        if not url.hosts or any(_is_up(host) for host in url.hosts):
            reason = 'Messaging is available.'
        else:
            reason = 'Messaging is not available: replications start late.'
        return pluginbase.HealthcheckResult(True, reason)


def _is_up(host: oslo_messaging.TransportHost) -> bool:
    if not host.hostname:
        return True
    address = (host.hostname, host.port or 5672)
    try:
        socket.create_connection(address, timeout=_TIMEOUT).close()
    except OSError as e:
        _BROKER.met(*address, e)
        return False
    return True
