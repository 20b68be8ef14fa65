# SPDX-License-Identifier: Apache-2.0

"""How much a project may have, as the operator says."""

import threading

from keystoneauth1 import exceptions as ksa_exceptions
from openstack import exceptions as sdk_exceptions
from oslo_limit import exception as limit_exception
from oslo_limit import limit as oslo_limit
from oslo_log import log

from glint import conf
from glint import context as glint_context
from glint import exception
from glint.db import quota as db_quota
from glint.order import owner

LOG = log.getLogger(__name__)

#: What goes wrong when Keystone is away, or not set up for this.
_FAILURES = (
    ksa_exceptions.ClientException,
    limit_exception.SessionInitError,
    sdk_exceptions.SDKException,
    # The endpoint is not found, or the model is not known.
    NotImplementedError,
    ValueError,
)

_lock = threading.Lock()
_enforcer: oslo_limit.Enforcer | None = None


def reset() -> None:
    """Forget the connection to Keystone, so that it is made again."""
    global _enforcer  # noqa: PLW0603
    _enforcer = None


def own(
    context: glint_context.RequestContext, resource: str
) -> db_quota.Limit:
    """Say how many of something the caller's project may have.

    :param context: the context of the request.
    :raises QuotaUnavailable: if Keystone does not say.
    """
    return of(owner.caller(context).project_id, resource)


def of(project_id: str, resource: str) -> db_quota.Limit:
    """Say how many of something a project may have.

    What it has is counted in the transaction that adds one.

    :param resource: one of the names in :mod:`glint.db.quota`.
    :raises QuotaUnavailable: if Keystone does not say.
    """
    settings = conf.CONF.quota
    if settings.driver == 'config':
        return db_quota.Limit(project_id, resource, settings[resource])
    try:
        ((_resource, most),) = _keystone().get_project_limits(
            project_id, [resource]
        )
    except _FAILURES as e:
        LOG.error('Limits cannot be read, see [oslo_limit]: %s', e)
        raise exception.QuotaUnavailable() from None
    return db_quota.Limit(project_id, resource, most)


def _keystone() -> oslo_limit.Enforcer:
    """Connect once; the limits are asked for anew each time."""
    global _enforcer  # noqa: PLW0603
    with _lock:
        if _enforcer is None:
            _enforcer = oslo_limit.Enforcer(
                lambda _project, names: dict.fromkeys(names, 0), cache=False
            )
        return _enforcer
