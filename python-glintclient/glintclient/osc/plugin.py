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

"""What the openstack command loads at its start: it imports little."""

import argparse
from typing import Any

from osc_lib import utils

from glintclient.i18n import _

DEFAULT_API_VERSION = '1'
API_VERSION_OPTION = 'os_image_replication_api_version'
API_NAME = 'image_replication'
API_VERSIONS = ('1', '1.0')


def make_client(instance: Any) -> Any:
    """Make ``client_manager.image_replication``.

    :param instance: the client manager.
    :returns: the proxy.
    """
    from glintclient import image_replication_service

    connection = instance.sdk_connection
    image_replication_service.add_to(connection)
    return connection.image_replication


def build_option_parser(
    parser: argparse.ArgumentParser,
) -> argparse.ArgumentParser:
    """Add the options that all commands have.

    :param parser: of the openstack command.
    :returns: the same.
    """
    parser.add_argument(
        '--os-image-replication-api-version',
        metavar='<image-replication-api-version>',
        default=utils.env('OS_IMAGE_REPLICATION_API_VERSION'),
        help=_(
            'Image replication API version, default=%s '
            '(Env: OS_IMAGE_REPLICATION_API_VERSION)'
        )
        % DEFAULT_API_VERSION,
    )
    return parser
