# SPDX-License-Identifier: Apache-2.0

"""The configuration of Glint: one module per option group."""

from oslo_config import cfg
from oslo_db import options as database

from glint.conf import api
from glint.conf import audit
from glint.conf import conductor
from glint.conf import home
from glint.conf import metrics
from glint.conf import network
from glint.conf import paths
from glint.conf import queue
from glint.conf import quota
from glint.conf import secrets
from glint.conf import service_user

CONF = cfg.CONF

#: Each has a ``group`` and its ``opts``.
MODULES = (
    api,
    audit,
    conductor,
    home,
    metrics,
    network,
    paths,
    queue,
    quota,
    secrets,
)

for module in MODULES:
    CONF.register_opts(module.opts, group=module.group)
# oslo.db and keystoneauth have options of their own.
CONF.register_opts(database.database_opts, group='database')
service_user.register_opts(CONF)
