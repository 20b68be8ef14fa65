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
from glint.db import engine
from glint.db import migration
from glint.secrets import api as secrets
from glint.secrets import fernet
from glint.secrets import key_manager


class Checks(upgradecheck.UpgradeCommands):
    """What has to be right before Glint is upgraded or started."""

    def _check_schema(self) -> upgradecheck.Result:
        try:
            current = migration.version() == migration.newest()
        except engine.UNAVAILABLE as e:
            return _failure(str(e).partition('\n')[0])
        if current:
            return upgradecheck.Result(upgradecheck.Code.SUCCESS)
        return _failure('Run "glint-manage db sync".')

    def _check_keys(self) -> upgradecheck.Result:
        try:
            usable = {secrets.current()}
            used = db_credential.key_ids(glint_context.for_service())
            if any(scheme == fernet.SCHEME for scheme, _id in used | usable):
                keys = fernet.load(conf.CONF.secrets.key_repository)
                usable |= {(fernet.SCHEME, fernet.key_id(k)) for k in keys}
            if any(scheme == key_manager.SCHEME for scheme, _id in used):
                usable.add((key_manager.SCHEME, key_manager.name()))
        except exception.SecretsUnavailable as e:
            return _failure(str(e))
        except engine.UNAVAILABLE:
            return _failure('The credentials cannot be read.')
        if used - usable:
            return _failure(
                'Some credentials need a key that is not in the repository, '
                'or a key manager that is not configured. Copy the key from '
                'another host or from the backup.'
            )
        return upgradecheck.Result(upgradecheck.Code.SUCCESS)

    _upgrade_checks = (
        ('Version of the database', _check_schema),
        ('Keys of the credentials', _check_keys),
    )


def _failure(details: str) -> upgradecheck.Result:
    return upgradecheck.Result(upgradecheck.Code.FAILURE, details)


def main() -> int:
    """Run "glint-status upgrade check".

    :returns: the exit code: 0 if all is right, 2 if not.
    """
    upgradecheck.register_cli_options(conf.CONF, Checks())
    service.prepare(sys.argv[1:], prog='glint-status')
    # As upgradecheck.main() does, which would read the arguments itself;
    # --json is looked up here.
    upgradecheck.CONF = conf.CONF
    result: int = upgradecheck.run(conf.CONF)
    return result
