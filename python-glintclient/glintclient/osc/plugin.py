# SPDX-License-Identifier: Apache-2.0

"""What the openstack command loads at its start: it imports little."""

import argparse
from typing import Any

from osc_lib import utils

from glintclient.i18n import _

DEFAULT_API_VERSION = '1'
API_VERSION_OPTION = 'os_image_replication_api_version'
API_NAME = 'image_replication'
API_VERSIONS = ('1', '1.0', '1.1')


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
