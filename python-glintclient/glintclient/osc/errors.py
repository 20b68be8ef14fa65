# SPDX-License-Identifier: Apache-2.0

"""Errors in words for people, who want to know what to do about them."""

import re
from typing import Any

from keystoneauth1 import exceptions as ksa
from openstack import exceptions as sdk

from glintclient import exceptions
from glintclient.i18n import _


def explain(error: Exception, manager: Any) -> str | None:
    """Say what is wrong, and what to do about it.

    :param error: what a command has raised.
    :param manager: the client manager.
    :returns: the words; None if the error says all itself.
    """
    match error:
        case sdk.ServiceDisabledException() | ksa.EndpointNotFound():
            return _no_service(manager)
        case sdk.NotSupported():
            return _no_version(manager)
        case ksa.ConnectFailure():
            return _no_answer(error)
        case ksa.Unauthorized() | sdk.HttpException(status_code=401):
            return _(
                'Your token is not valid, or not any more. Get another one '
                'with "openstack token issue", or let the client get it with '
                'a password or an application credential.'
            )
        case exceptions.BadRequest(code=exceptions.TRUST_REFUSED):
            return (
                _(
                    '%s An application credential may not delegate, unless it '
                    'was made with --unrestricted. To register what you log '
                    'in with:\n'
                    '  openstack image replication credential create --site '
                    'home --from-cloud <cloud> <name>'
                )
                % error
            )
        case exceptions.Conflict(code=exceptions.SITE_NOT_EMPTY):
            return (
                _('%s To delete both, repeat the command with --cascade.')
                % error
            )
        case exceptions.NotFound(code=exceptions.NO_SUCH_CALL):
            return _(
                'This image replication service is older than your client '
                'and does not know this call. Ask its operator to upgrade it. '
                'If you ask for a version with '
                '--os-image-replication-api-version, rules need 1.1.'
            )
        case exceptions.ApiError(code=exceptions.INVALID):
            return (
                _(
                    '%s If the service is older than your client, it may '
                    'not know an option yet.'
                )
                % error
            )
    return None


def _no_service(manager: Any) -> str:
    region = manager.region_name
    return _(
        'There is no image replication service (Glint) here: the catalog of '
        '%(place)s%(region)s has no endpoint of the type image-replication. '
        'Choose the cloud that has it with --os-cloud, or ask the operator.'
    ) % {
        'place': manager.auth.auth_url,
        'region': _(', region %s,') % region if region else '',
    }


def _no_version(manager: Any) -> str | None:
    """Say why openstacksdk has found no version of the service.

    It says the same of a service that is down, of one that answers errors,
    and of one that is something else.
    """
    url = manager.session.get_endpoint(
        service_type='image-replication',
        interface=manager.interface,
        region_name=manager.region_name,
        skip_discovery=True,
    )
    try:
        answer = manager.session.get(url, authenticated=False, raise_exc=False)
    except ksa.ConnectFailure as e:
        return _no_answer(e)
    return _(
        'What answers at %(url)s (HTTP %(status)d) is not a version of the '
        'image replication service that your client knows. Try again later, '
        'see whether there is a newer client, or ask the operator.'
    ) % {'url': url, 'status': answer.status_code}


def _no_answer(error: Exception) -> str:
    found = re.search(r'(https?://[^\s:/]+(:\d+)?)', str(error))
    return _(
        'Nothing answers at %s. The service may be down: try again later, or '
        'ask its operator. Replications go on meanwhile.'
    ) % (found[1] if found else str(error))
