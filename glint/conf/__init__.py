# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

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
