# SPDX-License-Identifier: Apache-2.0

"""Waits for a replication in the terminal."""

import sys
from typing import Any

from openstack import exceptions as sdk

from glintclient.i18n import _
from glintclient.osc.v1 import progress
from glintclient.osc.v1 import site_names
from glintclient.v1 import replication as _replication

_INTERVAL_SECONDS = 0.5


def wait(
    client: Any, replication_id: str, names: site_names.SiteNames
) -> _replication.Replication:
    """Wait for the end of a replication, and show how far it is.

    :param client: the proxy.
    :param replication_id: what to wait for.
    :param names: the names of the sites.
    :returns: the replication, which has ended, well or not.
    """
    view = progress.view(sys.stderr, names)
    try:
        return client.wait_for_replication(  # type: ignore[no-any-return]
            replication_id,
            interval=_INTERVAL_SECONDS,
            callback=view.show,
        )
    except sdk.ResourceFailure as e:
        ended: _replication.Replication = e.extra_data
        return ended
    except (KeyboardInterrupt, Exception):
        print(_farewell(replication_id), file=sys.stderr, flush=True)
        raise


def _farewell(replication_id: str) -> str:
    return _(
        '\nThe replication goes on without you. To watch it again:\n'
        '  openstack image replication show --wait %(id)s\n'
        'To stop it:\n'
        '  openstack image replication cancel %(id)s'
    ) % {'id': replication_id}
