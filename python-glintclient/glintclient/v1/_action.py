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

"""Resources that can be cancelled and tried again."""

from typing import Self

from keystoneauth1 import adapter
from openstack import utils

from glintclient.v1 import _base


class Resource(_base.Resource):
    """A replication or a copy."""

    def cancel(self, session: adapter.Adapter) -> Self:
        """Stop it.

        :param session: the proxy.
        :returns: itself, as it is then.
        """
        return self._act(session, 'cancel')

    def retry(self, session: adapter.Adapter) -> Self:
        """Queue again what failed or was cancelled.

        :param session: the proxy.
        :returns: itself, as it is then.
        """
        return self._act(session, 'retry')

    def _act(self, session: adapter.Adapter, verb: str) -> Self:
        url = self._prepare_request(requires_id=True).url
        self._translate_response(
            session.put(
                utils.urljoin(url, verb),
                microversion=self._get_microversion(session),
            )
        )
        return self
