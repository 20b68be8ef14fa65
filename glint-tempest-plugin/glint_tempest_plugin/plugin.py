# SPDX-License-Identifier: Apache-2.0

"""What Tempest asks the plugin for."""

import pathlib
from typing import Any

from oslo_config import cfg
from tempest import config
from tempest.test_discover import plugins

from glint_tempest_plugin import config as options

_PACKAGE = pathlib.Path(__file__).parent


class GlintTempestPlugin(plugins.TempestPlugin):
    """Tests of image replication."""

    def load_tests(self) -> tuple[str, str]:
        return str(_PACKAGE / 'tests'), str(_PACKAGE.parent)

    def register_opts(self, conf: cfg.ConfigOpts) -> None:
        conf.register_opt(options.service_option, group='service_available')
        for group, opts in options.GROUPS:
            conf.register_group(group)
            conf.register_opts(opts, group=group)

    def get_opt_lists(self) -> list[tuple[str, list[Any]]]:
        return [
            ('service_available', [options.service_option]),
            *((group.name, opts) for group, opts in options.GROUPS),
        ]

    def get_service_clients(self) -> list[dict[str, Any]]:
        return [
            {
                'name': 'image_replication_v1',
                'service_version': 'image_replication.v1',
                'module_path': 'glint_tempest_plugin.services.v1',
                'client_names': [
                    'CopiesClient',
                    'CredentialsClient',
                    'ImagesClient',
                    'ReplicationsClient',
                    'SitesClient',
                    'VersionsClient',
                ],
                **config.service_client_config('image_replication'),
            }
        ]
