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

"""glint-status: whether Glint is ready to be upgraded."""

import sys

from oslo_upgradecheck import upgradecheck

from glint import conf
from glint import context as glint_context
from glint import exception
from glint import service
from glint.db import credential as db_credential
from glint.db import migration
from glint.secrets import api as secrets
from glint.secrets import fernet


class Checks(upgradecheck.UpgradeCommands):
    """What has to be right before Glint is upgraded or started."""

    def _check_schema(self) -> upgradecheck.Result:
        if migration.version() == migration.newest():
            return upgradecheck.Result(upgradecheck.Code.SUCCESS)
        return upgradecheck.Result(
            upgradecheck.Code.FAILURE, 'Run "glint-manage db sync".'
        )

    def _check_keys(self) -> upgradecheck.Result:
        try:
            keys = fernet.load(conf.CONF.secrets.key_repository)
            secrets.current()
        except exception.SecretsUnavailable as e:
            return upgradecheck.Result(upgradecheck.Code.FAILURE, str(e))
        known = {(fernet.SCHEME, fernet.key_id(key)) for key in keys}
        used = db_credential.key_ids(glint_context.for_service())
        if used - known:
            return upgradecheck.Result(
                upgradecheck.Code.FAILURE,
                'Some credentials need a key that is not in the repository. '
                'Copy it from another host or from the backup.',
            )
        return upgradecheck.Result(upgradecheck.Code.SUCCESS)

    _upgrade_checks = (
        ('Version of the database', _check_schema),
        ('Keys of the credentials', _check_keys),
    )


def main() -> int:
    """Run "glint-status upgrade check"."""
    # The command line is read by the checks themselves.
    service.prepare([], prog='glint-status')
    result: int = upgradecheck.main(
        conf.CONF, project='glint', upgrade_command=Checks(), argv=sys.argv[1:]
    )
    return result
