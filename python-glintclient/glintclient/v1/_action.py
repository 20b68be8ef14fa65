# SPDX-License-Identifier: Apache-2.0

"""Resources that can be cancelled and tried again."""

from typing import Self

from keystoneauth1 import adapter

from glintclient.v1 import _base


class Resource(_base.Resource):
    """A replication or a copy."""

    def cancel(self, session: adapter.Adapter) -> Self:
        """Stop it.

        :param session: the proxy.
        :returns: itself, as it is then.
        """
        return self.act(session, 'cancel')

    def retry(self, session: adapter.Adapter) -> Self:
        """Queue again what failed or was cancelled.

        :param session: the proxy.
        :returns: itself, as it is then.
        """
        return self.act(session, 'retry')
