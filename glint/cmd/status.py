# SPDX-License-Identifier: Apache-2.0

"""glint-status: whether Glint is ready to be upgraded."""

from collections.abc import Iterable
import re
import sys

from keystoneauth1 import discover
from keystoneauth1 import exceptions as ksa_exceptions
from keystoneauth1 import loading
from keystoneauth1 import session as ksa_session
from oslo_upgradecheck import upgradecheck

from glint import conf
from glint import context as glint_context
from glint import exception
from glint import home
from glint import policies
from glint import policy
from glint import service
from glint.cmd import options
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import migration
from glint.secrets import api as secrets
from glint.secrets import fernet
from glint.secrets import key_manager

#: Seconds that the home Keystone has for an answer.
_TIMEOUT = 10


class Checks(upgradecheck.UpgradeCommands):
    """What has to be right before Glint is upgraded or started."""

    def _check_schema(self) -> upgradecheck.Result:
        try:
            current = migration.version() == migration.newest()
        except engine.UNAVAILABLE as e:
            return _failure(str(e).partition('\n')[0])
        if current:
            return _success()
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
            return _failure(e.for_operators)
        except engine.UNAVAILABLE:
            return _failure('The credentials cannot be read.')
        if used - usable:
            return _failure(
                'Some credentials need a key that is not in the repository, '
                'or a key manager that is not configured. Copy the key from '
                'another host or from the backup.'
            )
        return _success()

    def _check_home(self) -> upgradecheck.Result:
        try:
            url = home.auth_url()
            session = ksa_session.Session(
                verify=conf.CONF.home.cafile or True, timeout=_TIMEOUT
            )
            discover.Discover(session, url)
        except ksa_exceptions.ClientException as e:
            return _failure(
                f'The home Keystone at {url} does not answer: {home.words(e)}.'
            )
        except (OSError, ValueError) as e:
            return _failure(str(e))
        return _success()

    def _check_service_user(self) -> upgradecheck.Result:
        settings = conf.CONF.home
        try:
            auth = loading.load_auth_from_conf_options(
                conf.CONF, 'service_user'
            )
            if auth is None:
                return _failure('Set auth_type in the group [service_user].')
            session = loading.load_session_from_conf_options(
                conf.CONF, 'service_user', auth=auth, timeout=_TIMEOUT
            )
            endpoint = session.get_endpoint(
                service_type='image',
                region_name=settings.region_name,
                interface=settings.interface,
            )
        except (ksa_exceptions.ClientException, OSError) as e:
            return _failure(f'Glint cannot log in at the home Keystone: {e}')
        if endpoint is None:
            return _failure(
                'The catalog of the home Keystone has no image service with '
                'the region and the interface of the group [home].'
            )
        return _success()

    def _check_policies(self) -> upgradecheck.Result:
        enforcer = policy.get_enforcer()
        try:
            enforcer.load_rules(force_reload=True)
            sound = enforcer.check_rules()
        except Exception as e:
            # Whatever a parser of YAML raises.
            return _failure('The policies cannot be read: %s' % e)
        rules = {name: str(r.check) for name, r in enforcer.file_rules.items()}
        unknown = _unknown_rules(rules)
        if unknown:
            return _failure(
                'The file with the policies has rules that Glint does not '
                'ask, so they permit and forbid nothing: %s. Compare their '
                'names with the sample.' % _listed(unknown)
            )
        if not sound:
            return _failure(
                'Policies refer to rules that do not exist, or to themselves; '
                'they forbid what they are asked.'
            )
        return _success()

    def _check_options(self) -> upgradecheck.Result:
        found = options.check()
        words = []
        if found.unknown:
            words.append(
                'Nothing reads these options, which may be misspelt: %s.'
                % _listed(found.unknown)
            )
        if found.deprecated:
            words.append(
                'These options are deprecated: %s.' % _listed(found.deprecated)
            )
        if words:
            return upgradecheck.Result(
                upgradecheck.Code.WARNING, ' '.join(words)
            )
        return _success()

    _upgrade_checks = (
        ('Version of the database', _check_schema),
        ('Keys of the credentials', _check_keys),
        ('Home site', _check_home),
        ('Service user', _check_service_user),
        ('Policies', _check_policies),
        ('Options', _check_options),
    )


def _unknown_rules(rules: dict[str, str]) -> list[str]:
    """Find the rules that neither Glint nor another rule asks.

    :param rules: from the names of the configured ones to what they say.
    """
    asked = {rule.name for rule in policies.list_rules()}
    for text in rules.values():
        asked.update(re.findall(r'rule:([^\s()]+)', text))
    return sorted(rules.keys() - asked)


def _listed(names: Iterable[str]) -> str:
    return ', '.join(names)


def _success() -> upgradecheck.Result:
    return upgradecheck.Result(upgradecheck.Code.SUCCESS)


def _failure(details: str) -> upgradecheck.Result:
    return upgradecheck.Result(upgradecheck.Code.FAILURE, details)


def main() -> int:
    """Run "glint-status upgrade check".

    :returns: the exit code: 0 if all is right, 1 with warnings, 2 if
        something has to be mended.
    """
    upgradecheck.register_cli_options(conf.CONF, Checks())
    service.prepare(sys.argv[1:], prog='glint-status', log_to_stderr=True)
    # As upgradecheck.main() does, which would read the arguments itself;
    # --json is looked up here.
    upgradecheck.CONF = conf.CONF
    result: int = upgradecheck.run(conf.CONF)
    return result
