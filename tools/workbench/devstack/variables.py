# SPDX-License-Identifier: Apache-2.0

"""What DevStack has set by the time at which it calls a plugin."""

import dataclasses
import getpass
import json
import pathlib
import shlex

from cloudlab import plan
from cloudlab import private_file
from workbench import checkout
from workbench import tempest
from workbench.devstack import apache


@dataclasses.dataclass(frozen=True)
class Setting:
    """One way to set up a DevStack with Glint.

    :ivar root: where all its files are.
    :ivar lab: the clouds, of which the first one is the DevStack's own.
    :ivar venv: where DevStack installs everything.
    :ivar tempest_venv: where DevStack installs Tempest.
    :ivar password: of the service users.
    :ivar tls: whether tls-proxy is enabled.
    :ivar backend: what keeps secrets, fernet or barbican.
    :ivar only_copies: whether this is a second host, which only copies.
    """

    root: pathlib.Path
    lab: plan.Lab
    venv: pathlib.Path
    tempest_venv: pathlib.Path
    password: str = dataclasses.field(repr=False)
    tls: bool
    backend: str
    only_copies: bool = False

    @property
    def folder(self) -> pathlib.Path:
        """Of what only this host has."""
        return self.root / 'second-host' if self.only_copies else self.root

    @property
    def variables(self) -> pathlib.Path:
        """The file with what DevStack has set."""
        return self.folder / 'variables'

    @property
    def glint_conf(self) -> pathlib.Path:
        return self.folder / 'etc' / 'glint'

    @property
    def apache(self) -> pathlib.Path:
        return self.root / 'apache'

    @property
    def ports(self) -> list[int]:
        """Of Apache: HTTP and, with TLS, HTTPS."""
        first = self.lab.base_port + 70
        return [first, first + 1] if self.tls else [first]

    @property
    def highest_port(self) -> int:
        """Of those that services get, from the highest one down."""
        return self.lab.base_port + 79

    @property
    def horizon(self) -> pathlib.Path:
        return self.root / 'horizon'

    @property
    def bundle(self) -> pathlib.Path:
        return self.root / 'data' / 'ca-bundle.pem'

    @property
    def clouds_yaml(self) -> pathlib.Path:
        return self.root / 'clouds.yaml'

    @property
    def tempest(self) -> pathlib.Path:
        return self.root / 'tempest'

    @property
    def url(self) -> str:
        scheme = 'https' if self.tls else 'http'
        return f'{scheme}://127.0.0.1:{self.ports[-1]}'

    def env(self) -> dict[str, str]:
        """Return what programs need that use the clouds."""
        extra = {'OS_CACERT': str(self.bundle)} if self.tls else {}
        return {'OS_CLIENT_CONFIG_FILE': str(self.clouds_yaml), **extra}


def write(
    setting: Setting, mark: dict[str, str], sockets: pathlib.Path
) -> None:
    """Write the variables, for the shell.

    :param mark: goes into the environment of all processes.
    :param sockets: the folder for those of services.
    """
    variables = (
        mark
        | setting.env()
        | _places(setting)
        | {'DEVSTACK_SOCKET_DIR': str(sockets)}
        | _services(setting)
        | _accounts(setting)
    )
    private_file.write(
        setting.variables,
        ''.join(
            f'export {name}={shlex.quote(value)}\n'
            for name, value in variables.items()
        ),
    )


def write_clouds(setting: Setting) -> None:
    """Write the clouds.yaml that DevStack makes, as far as it is used."""
    cloud = setting.lab.clouds[0]
    authority = {'cacert': str(setting.bundle)} if setting.tls else {}

    def entry(account: plan.Account, **scope: str) -> dict[str, object]:
        return {
            **authority,
            'region_name': cloud.region_name,
            'auth': {
                'auth_url': cloud.auth_url,
                'username': account.username,
                'password': account.password,
                'user_domain_id': 'default',
                **scope,
            },
        }

    project = {
        'project_name': cloud.member.project_name,
        'project_domain_id': 'default',
    }
    clouds = {
        'devstack': entry(cloud.member, **project),
        'devstack-system-admin': entry(cloud.admin, system_scope='all'),
    }
    private_file.write(
        setting.clouds_yaml, json.dumps({'clouds': clouds}, indent=2)
    )


def _places(setting: Setting) -> dict[str, str]:
    root, folder = setting.root, setting.folder
    return {
        'GLINT_CHECKOUT': str(checkout.ROOT),
        **checkout.pbr_environment(checkout.ROOT),
        'DATA_DIR': str(folder / 'data'),
        'REQUIREMENTS_DIR': str(root / 'requirements'),
        'DEVSTACK_VENV': str(setting.venv),
        'PATH': f'{setting.venv}/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        'STACK_USER': getpass.getuser(),
        'DEVSTACK_LOG_DIR': str(folder / 'logs'),
        'DEVSTACK_PID_DIR': str(folder / 'pids'),
        'APACHE_PROGRAM': '/usr/sbin/apache2',
        'APACHE_CONFDIR': str(setting.apache),
        'APACHE_CONF_DIR': str(setting.apache / 'sites-available'),
        'APACHE_STATE_DIRECTORY': str(setting.apache / apache.STATE),
        'GLINT_CONF_DIR': str(setting.glint_conf),
        'GLINT_REMOTE_CONF_DIR': str(folder / 'etc' / 'glint-remote'),
        'GLANCE_API_PASTE_INI': (
            f'{setting.venv}/etc/glance/glance-api-paste.ini'
        ),
        'KEYSTONE_BIN_DIR': f'{setting.venv}/bin',
        'GLANCE_BIN_DIR': f'{setting.venv}/bin',
        'HORIZON_DIR': str(setting.horizon),
        'TEMPEST_CONFIG': str(tempest.configuration_file(setting.tempest)),
    }


def _services(setting: Setting) -> dict[str, str]:
    database = setting.lab.services['mariadb']
    port = database.ports['mariadb']
    enabled = ['key', 'g-api', 'mysql', 'rabbit', 'horizon', 'tempest']
    enabled += ['glint-remote']
    if setting.backend == 'barbican':
        enabled.append('barbican')
    disabled = []
    if setting.only_copies:
        enabled, disabled = [], ['glint-api']
    if setting.tls:
        enabled.append('tls-proxy')
    return {
        'ENABLED_SERVICES': ','.join(enabled),
        'DISABLED_SERVICES': ','.join(disabled),
        'SERVICE_HOST': '127.0.0.1',
        'HOST_IP': '127.0.0.1',
        'SERVICE_PROTOCOL': 'http',
        'SERVICE_TIMEOUT': '120',
        'SSL_BUNDLE_FILE': str(setting.bundle),
        'API_WORKERS': '2',
        'ENABLE_DEBUG_LOG_LEVEL': 'True',
        'GLINT_SERVICE_HOST': f'127.0.0.1:{setting.ports[-1]}',
        'GLINT_KEY_MANAGER_BACKEND': setting.backend,
        'DEVSTACK_HIGHEST_PORT': str(setting.highest_port),
        'MEMCACHE_SERVERS': setting.lab.services['memcached'].url,
        'DEVSTACK_TRANSPORT_URL': setting.lab.services['rabbitmq'].url,
        'DATABASE_USER': database.username,
        'DATABASE_PASSWORD': database.password,
        'DATABASE_HOST': '127.0.0.1',
        'DATABASE_PORT': str(port),
        'BASE_SQL_CONN': (
            f'mysql+pymysql://{database.username}:{database.password}'
            f'@127.0.0.1:{port}'
        ),
    }


def _accounts(setting: Setting) -> dict[str, str]:
    cloud = setting.lab.clouds[0]
    return {
        'REGION_NAME': cloud.region_name,
        'ADMIN_PASSWORD': cloud.admin.password,
        'SERVICE_PASSWORD': setting.password,
        'SERVICE_DOMAIN_NAME': plan.DOMAIN,
        'SERVICE_PROJECT_NAME': 'service',
        'KEYSTONE_SERVICE_URI': cloud.auth_url.removesuffix('/v3'),
        'KEYSTONE_SERVICE_URI_V3': cloud.auth_url,
    }
