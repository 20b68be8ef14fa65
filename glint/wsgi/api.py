# SPDX-License-Identifier: Apache-2.0

"""The API, as ``glint.wsgi.api:application``."""

import os
import socket

from glint import conf
from glint import notification
from glint import presence
from glint import report
from glint import rpc
from glint import service
from glint.api import app
from glint.api import server

# Requests are answered 503 while the database is away, instead of waiting.
conf.CONF.set_default('max_retries', 0, group='database')
service.prepare(
    [],
    prog='glint-api',
    config_files=[
        os.path.join(
            os.environ.get('OS_GLINT_CONFIG_DIR', '/etc/glint'), 'glint.conf'
        )
    ],
)
if threads := server.threads():
    conf.CONF.set_default('threads', threads, group='api')
report.listen('glint-api')
report.watch('glint-api')
rpc.init()
notification.start(socket.gethostname())
presence.start(socket.gethostname(), conductor=False)
application = app.make_app()
