# SPDX-License-Identifier: Apache-2.0

"""The configuration of Glint: one module per option group."""

from oslo_config import cfg

from glint.conf import api
from glint.conf import audit
from glint.conf import conductor
from glint.conf import database
from glint.conf import home
from glint.conf import metrics
from glint.conf import network
from glint.conf import paths
from glint.conf import queue
from glint.conf import quota
from glint.conf import secrets
from glint.conf import service_user

CONF = cfg.CONF

MODULES = (
    api,
    audit,
    conductor,
    database,
    home,
    metrics,
    network,
    paths,
    queue,
    quota,
    secrets,
    service_user,
)

for module in MODULES:
    module.register_opts(CONF)
