# SPDX-License-Identifier: Apache-2.0

"""Lists of other projects, which admins may see."""

import argparse
from typing import Any

from openstack import exceptions as sdk
from osc_lib import exceptions

from glintclient.i18n import _


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add --all-projects and --project.

    :param parser: of a command that lists.
    """
    parser.add_argument(
        '--all-projects',
        action='store_true',
        help=_('Those of all projects (admin only)'),
    )
    parser.add_argument(
        '--project',
        metavar='<project>',
        help=_('Those of this project (name or ID) (admin only)'),
    )
    parser.add_argument(
        '--project-domain',
        metavar='<project-domain>',
        help=_(
            'Domain the project belongs to (name or ID), if several projects '
            'have the name'
        ),
    )


def query(parsed_args: argparse.Namespace, manager: Any) -> dict[str, Any]:
    """Make the arguments for the proxy.

    :param parsed_args: with the options above.
    :param manager: the client manager.
    :raises CommandError: if there is no such project, or more than one.
    """
    if parsed_args.project:
        connection = manager.sdk_connection
        found = _find(connection.identity, parsed_args)
        if found == connection.current_project_id:
            return {'project_id': found}
        return {'project_id': found, 'all_projects': True}
    return {'all_projects': True} if parsed_args.all_projects else {}


def _find(identity: Any, parsed_args: argparse.Namespace) -> str:
    domain: dict[str, str] = {}
    try:
        if parsed_args.project_domain:
            found = identity.find_domain(
                parsed_args.project_domain, ignore_missing=False
            )
            domain['domain_id'] = found.id
        project = identity.find_project(
            parsed_args.project, ignore_missing=False, **domain
        )
    except sdk.ForbiddenException:
        # Who may not look for it may know its ID all the same.
        return str(parsed_args.project)
    except (sdk.NotFoundException, sdk.DuplicateResource) as e:
        raise exceptions.CommandError(
            _('The project %(name)s cannot be told: %(reason)s')
            % {'name': parsed_args.project, 'reason': e}
        ) from e
    return str(project.id)
