# SPDX-License-Identifier: Apache-2.0

"""What must hold once stack is done."""

import configparser
import pathlib
import stat
import subprocess
from typing import Any

from cloudlab import accounts
from cloudlab import exception
from cloudlab import web
from workbench.devstack import variables

_PANELS = """\
import django
django.setup()
from django import urls
for name in ('project', 'admin'):
    print(urls.reverse(f'horizon:{name}:image_replication:index'))
from django.conf import settings
print(settings.POLICY_FILES['image-replication'])
"""


def _require(what: str, found: Any, wanted: Any) -> None:
    if found != wanted:
        raise exception.LabError(f'{what}: {found!r} instead of {wanted!r}.')


def services(setting: variables.Setting) -> None:
    """See that all services that were started run."""
    found = {
        path.stem: pathlib.Path('/proc', path.read_text().strip()).exists()
        for path in (setting.folder / 'pids').glob('*.pid')
    }
    _require('services that run', found, dict.fromkeys(found, True))


def sites(setting: variables.Setting) -> None:
    """See that Apache is told once where to pass the requests of a path."""
    found = sorted(
        line.split()[1]
        for path in (setting.apache / 'sites-enabled').iterdir()
        for line in path.read_text().splitlines()
        if line.startswith('ProxyPass')
    )
    _require('paths in the sites', found, sorted(set(found)))


def options(setting: variables.Setting) -> None:
    """See that glint-status has nothing to warn of."""
    done = subprocess.run(
        [
            *(setting.venv / 'bin' / 'glint-status', '--config-file'),
            *(setting.glint_conf / 'glint.conf', 'upgrade', 'check'),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise exception.LabError(f'glint-status says: {done.stdout}')


def roles(setting: variables.Setting) -> None:
    """See that the service user has the roles that it needs, and no more."""
    cloud = setting.lab.clouds[0]
    token = accounts.Admin(cloud).token
    url = f'{cloud.auth_url}/role_assignments?include_names'
    found = {
        (assignment['role']['name'], assignment['scope']['project']['name'])
        for assignment in web.call('GET', url, token)[1]['role_assignments']
        if assignment.get('user', {}).get('name') == 'glint'
    }
    _require(
        'roles of glint',
        found,
        {('member', 'service'), ('service', 'service')},
    )


def configuration(setting: variables.Setting) -> None:
    """See what the files say that nothing else shows."""
    path = setting.glint_conf / 'glint.conf'
    _require('mode of glint.conf', stat.S_IMODE(path.stat().st_mode), 0o600)
    ini = configparser.RawConfigParser(default_section='', strict=False)
    ini.read(path)
    if setting.tls:
        for name in ini.sections():
            if ini.has_option(name, 'auth_url'):
                _require(
                    f'cafile in [{name}]',
                    ini.get(name, 'cafile', fallback=None),
                    str(setting.bundle),
                )
    keeper = 'castellan' if setting.backend == 'barbican' else 'fernet'
    _require('backend of secrets', ini.get('secrets', 'backend'), keeper)


def panels(setting: variables.Setting) -> None:
    """See that Horizon finds the panels and the policies."""
    done = subprocess.run(
        [setting.venv / 'bin' / 'python', '-c', _PANELS],
        env={
            'DJANGO_SETTINGS_MODULE': 'openstack_dashboard.settings',
            'PYTHONPATH': str(setting.horizon),
        },
        cwd='/',
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise exception.LabError(f'Horizon has no panels: {done.stderr}')
    *paths, policies = done.stdout.splitlines()
    _require(
        'panels in Horizon',
        paths,
        ['/project/image_replication/', '/admin/image_replication/'],
    )
    _require('policies in Horizon', pathlib.Path(policies).is_file(), True)


def secrets(setting: variables.Setting) -> None:
    """See that no password is in a log of a service."""
    words = [setting.password, setting.lab.clouds[0].admin.password]
    for path in setting.root.glob('**/logs/glint-*.log'):
        text = path.read_text(errors='replace')
        if any(word in text for word in words):
            raise exception.LabError(f'A password is in {path}.')
