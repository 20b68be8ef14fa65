# SPDX-License-Identifier: Apache-2.0

"""glint-standalone: API and conductor in one process.

For a laptop, a trial or a small site: no broker, and SQLite will do.
"""

import signal
import sys
from types import FrameType
from typing import Any

from oslo_config import cfg
from oslo_log import log
import oslo_messaging
import waitress

from glint import conf
from glint import report
from glint import service as glint_service
from glint.api import app
from glint.cmd import conductor
from glint.conductor import service as conductor_service

LOG = log.getLogger(__name__)

_THREADS = 8
_CONNECTIONS = 1000

cli_opts = [
    cfg.HostAddressOpt(
        'bind-host', default='127.0.0.1', help='The address to listen on.'
    ),
    cfg.PortOpt('bind-port', default=9494, help='The port to listen on.'),
]


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def main() -> int:
    """Serve until told to stop."""
    conf.CONF.register_cli_opts(cli_opts)
    # Parsing any URL registers the option.
    oslo_messaging.TransportURL.parse(conf.CONF, 'fake:/')
    conf.CONF.set_default('transport_url', 'fake:/')
    conf.CONF.set_default('threads', _THREADS, group='api')
    glint_service.prepare(sys.argv[1:], prog='glint-standalone')
    conductor.validate()
    report.listen('glint-standalone')
    # Before anything runs that would have to be stopped again.
    server = _bind()
    worker = conductor_service.ConductorService()
    worker.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    LOG.info(
        'Glint answers at http://%s:%d',
        conf.CONF.bind_host,
        conf.CONF.bind_port,
    )
    try:
        server.run()
    finally:
        worker.stop()
    return 0


def _bind() -> Any:
    """Take the port.

    :raises SystemExit: with the reason, if that cannot be.
    """
    host, port = conf.CONF.bind_host, conf.CONF.bind_port
    try:
        return waitress.create_server(
            app.make_app(),
            host=host,
            port=port,
            threads=_THREADS,
            # It keeps a connection that drips, though no thread for it.
            connection_limit=_CONNECTIONS,
            channel_timeout=60,
            asyncore_use_poll=True,
            ident='glint',
        )
    except OSError as e:
        raise SystemExit(
            'glint-standalone: Port %d of %s cannot be used: %s. Stop what '
            'listens there, or choose another port with --bind-port.'
            % (port, host, e.strerror)
        ) from None
