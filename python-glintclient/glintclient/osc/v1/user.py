# SPDX-License-Identifier: Apache-2.0

"""Users by name: the API knows them by their ids."""

from typing import Any

from openstack import exceptions as sdk
from osc_lib import exceptions

from glintclient.i18n import _


def find(manager: Any, name_or_id: str) -> str:
    """Find a user, at least the one who asks.

    :param manager: the client manager.
    :returns: the id.
    :raises CommandError: if there is none, or names are not to be looked up.
    """
    own = manager.auth_ref
    if own and name_or_id == own.username:
        return str(own.user_id)
    try:
        found = manager.sdk_connection.identity.find_user(name_or_id)
    except sdk.ForbiddenException:
        if _is_id(name_or_id):
            return name_or_id
        raise exceptions.CommandError(
            _(
                'Your cloud does not let you look up the user %s: give the '
                'ID, which "openstack image replication list --long" shows.'
            )
            % name_or_id
        ) from None
    if found is None:
        raise exceptions.CommandError(_('There is no user %s.') % name_or_id)
    return str(found.id)


def _is_id(text: str) -> bool:
    """Tell whether a text has the form of Keystone's ids."""
    return len(text) in (32, 64) and not set(text) - set('0123456789abcdef')
