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

"""Options of Glint's own user in the home Keystone.

Users delegate to this user when they replicate from or to the home site.
"""

from typing import Any

from keystoneauth1 import loading
from oslo_config import cfg

group = cfg.OptGroup(
    'service_user',
    title="Glint's own user in the home Keystone",
)


def register_opts(conf: cfg.ConfigOpts) -> None:
    conf.register_group(group)
    loading.register_auth_conf_options(conf, group.name)
    loading.register_session_conf_options(conf, group.name)


def list_opts() -> list[tuple[cfg.OptGroup | str, list[Any]]]:
    opts = loading.get_session_conf_options()
    opts += loading.get_auth_common_conf_options()
    opts += loading.get_auth_plugin_conf_options('password')
    return [(group, opts)]
