# SPDX-License-Identifier: Apache-2.0

"""One more Keystone, with a configuration of its own."""

import contextlib
import dataclasses
import re
import sqlite3

from glint.tests.functional import server
from glint.tests.integration import lab as labs


class Keystone(server.Server):
    """A Keystone with the accounts and the keys of a cloud's own one.

    What is made there is not known to the other one, but each takes the
    other's tokens.
    """

    NAME = 'keystone'
    CONFIGURATION = 'keystone.conf'
    DATABASE = 'keystone.db'
    VARIABLE = 'OS_KEYSTONE_CONFIG_DIR'

    @property
    def auth_url(self) -> str:
        return f'{self.url}/v3'

    def _copy_database(self) -> None:
        """Take all there is, and its own address in the catalog."""
        super()._copy_database()
        with contextlib.closing(sqlite3.connect(self._database)) as copy:
            copy.execute(
                'UPDATE endpoint SET url = ? WHERE url = ?',
                (self.auth_url, self._cloud.auth_url),
            )
            copy.commit()

    def refused_logins(self) -> int:
        """Return how many logins were answered 401."""
        return len(
            re.findall(
                '"POST /v3/auth/tokens HTTP[^"]*" 401 ', self._log.read_text()
            )
        )

    @property
    def cloud(self) -> labs.Cloud:
        """The cloud as it is with this Keystone."""
        accounts = {
            name: dataclasses.replace(
                getattr(self._cloud, name), auth_url=self.auth_url
            )
            for name in ('admin', 'member', 'reader', 'other')
        }
        return dataclasses.replace(
            self._cloud, auth_url=self.auth_url, **accounts
        )
