# SPDX-License-Identifier: Apache-2.0

"""Run a WSGI application of OpenStack under uWSGI."""

import pathlib

from cloudlab import process
from cloudlab import web

# The folder of this package.
_TOOLS = pathlib.Path(__file__).parents[1]


def server(
    name: str,
    venv: pathlib.Path,
    conf_dir: pathlib.Path,
    module: str,
    variable: str,
    port: int,
    logs: tuple[str, str],
    processes: int = 1,
    extra: str = '',
) -> process.Server:
    """Write the configuration of uWSGI and describe the server.

    :param conf_dir: the folder that the application reads.
    :param variable: names the environment variable that tells this folder.
    :param logs: paths of the log and of the access log.
    :param extra: more lines for the configuration.
    """
    log, access_log = logs
    ini = conf_dir / 'uwsgi.ini'
    # "Connection: close": uWSGI's own HTTP server closes idle keep-alive
    # connections without a word, which clients see as random resets.
    ini.write_text(f"""[uwsgi]
http-socket = 127.0.0.1:{port}
module = {module}
pythonpath = {_TOOLS}
import = cloudlab.sqlite_transactions
master = true
processes = {processes}
threads = 8
lazy-apps = true
enable-threads = true
thunder-lock = true
need-app = true
no-orphans = true
die-on-term = true
worker-reload-mercy = 2
buffer-size = 65535
add-header = Connection: close
req-logger = file:{access_log}
log-master-bufsize = 65536
log-format = %(addr) [%(ltime)] "%(method) %(uri) %(proto)" %(status) \
%(rsize) %(msecs)ms range="%(var.HTTP_RANGE)" agent="%(uagent)"
{extra}""")
    return process.Server(
        name,
        [venv / 'bin' / 'uwsgi', '--ini', ini],
        pathlib.Path(log),
        lambda: web.answers(f'http://127.0.0.1:{port}/'),
        # Not uWSGI's "env": in pyuwsgi, Python has copied its environment
        # before that is read.
        env={variable: str(conf_dir)},
    )
