# SPDX-License-Identifier: Apache-2.0

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


def list_opts() -> list[Any]:
    """:returns: the options of the plugin that most sites use, and all's."""
    return [
        *loading.get_session_conf_options(),
        *loading.get_auth_common_conf_options(),
        *loading.get_auth_plugin_conf_options('password'),
    ]
