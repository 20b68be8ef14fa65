# SPDX-License-Identifier: Apache-2.0

"""What the service user has in the lab's Barbican."""

from typing import Any

from keystoneauth1 import adapter

from glint.tests.integration import lab as labs


class Barbican:
    """Barbican, asked by Glint's service user.

    :param lab: the lab with the Barbican.
    """

    def __init__(self, lab: labs.Lab) -> None:
        self._client = adapter.Adapter(
            lab.glint.session(),
            endpoint_override=lab.services['barbican'],
        )

    def credential_ids(self) -> list[str]:
        """Return the credentials of the secrets that Glint keeps there."""
        found: list[Any] = []
        while True:
            page = self._client.get(
                f'/v1/secrets?limit=100&offset={len(found)}'
            ).json()
            found += page['secrets']
            if len(found) >= page['total'] or not page['secrets']:
                break
        return [
            item['name'].removeprefix('glint-')
            for item in found
            if (item['name'] or '').startswith('glint-')
        ]
