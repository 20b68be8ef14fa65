# SPDX-License-Identifier: Apache-2.0

"""A private RabbitMQ node with an epmd of its own."""

import pathlib
import socket

from cloudlab import plan
from cloudlab import private_file
from cloudlab import process
from cloudlab import web

PACKAGE = 'rabbitmq-server'
OFFSETS = {'rabbitmq': 91, 'rabbitmq-epmd': 93}


def find() -> pathlib.Path | None:
    """Return the server's own start script.

    Not the wrapper in /usr/sbin of Debian: that one changes to the system
    user and uses the system's folders.
    """
    places = [
        pathlib.Path('/usr/lib/rabbitmq/bin/rabbitmq-server'),
        *pathlib.Path('/usr/lib/rabbitmq/lib').glob(
            'rabbitmq_server-*/sbin/rabbitmq-server'
        ),
        *pathlib.Path('/opt').glob('rabbitmq*/sbin/rabbitmq-server'),
    ]
    return next((path for path in places if path.exists()), None)


def url(password: str, port: int) -> str:
    """Return the transport_url of oslo.messaging."""
    return f'rabbit://glint:{password}@127.0.0.1:{port}/'


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(('127.0.0.1', port), 5).close()
    except OSError:
        return False
    return True


def prepare(service: plan.Service) -> list[process.Server]:
    """Write the node's configuration and describe its servers."""
    script = find()
    assert script
    folder = service.path
    folder.mkdir(mode=0o700, exist_ok=True)
    port = service.ports['rabbitmq']
    epmd_port = service.ports['rabbitmq-epmd']
    private_file.write(
        folder / 'rabbitmq.conf',
        f"""listeners.tcp.1 = 127.0.0.1:{port}
default_user = {service.username}
default_pass = {service.password}
""",
    )
    (folder / 'enabled_plugins').write_text('[].\n')
    (folder / 'rabbitmq-env.conf').write_text('')
    erlang = {
        # The cookie lies there: rabbitmqctl needs the same HOME.
        'HOME': str(folder),
        'ERL_EPMD_PORT': str(epmd_port),
        'ERL_EPMD_ADDRESS': '127.0.0.1',
    }
    broker = erlang | {
        'RABBITMQ_NODENAME': 'glint-lab@localhost',
        'RABBITMQ_DIST_PORT': str(port + 1),
        'RABBITMQ_CONFIG_FILE': str(folder / 'rabbitmq.conf'),
        'RABBITMQ_ADVANCED_CONFIG_FILE': str(folder / 'advanced.config'),
        'RABBITMQ_CONF_ENV_FILE': str(folder / 'rabbitmq-env.conf'),
        'RABBITMQ_ENABLED_PLUGINS_FILE': str(folder / 'enabled_plugins'),
        'RABBITMQ_MNESIA_BASE': str(folder / 'data'),
        'RABBITMQ_LOG_BASE': str(folder),
        'RABBITMQ_LOGS': '-',
        'RABBITMQ_PID_FILE': str(folder / 'pid'),
        'RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS': (
            '-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false'
        ),
        # Run the broker itself, not a shell that waits for it.
        'RUNNING_UNDER_SYSTEMD': 'true',
    }
    return [
        process.Server(
            'rabbitmq-epmd',
            ['epmd', '-port', str(epmd_port), '-address', '127.0.0.1'],
            folder / 'epmd.log',
            lambda: _accepts(epmd_port),
            erlang,
        ),
        process.Server(
            'rabbitmq',
            [script],
            pathlib.Path(service.log),
            # AMQP 0-9-1; what comes is a method frame, Connection.Start.
            lambda: web.greeting(port, b'AMQP\0\0\x09\x01')[:1] == b'\x01',
            broker,
        ),
    ]
