# SPDX-License-Identifier: Apache-2.0

"""A real Horizon with the panels of this checkout."""

from collections.abc import Sequence
import pathlib
import secrets

from cloudlab import command
from cloudlab import pip
from cloudlab import private_file
from cloudlab import process
from cloudlab import web
from workbench import checkout

NAME = 'horizon'
#: Of its port, from the base port of the lab.
PORT_OFFSET = 97
PLUGIN = checkout.ROOT / 'glint-dashboard'

_REQUIREMENTS = ('horizon', 'pyuwsgi')


def install(
    venv: pathlib.Path,
    requirements: Sequence[str],
) -> None:
    """Make an environment with Horizon, unless it is there.

    The panels are plugged in as doc/source/install/dashboard.rst tells
    operators to, but for links instead of copies.

    :param requirements: what else pip is to install.
    :raises LabError: when it cannot be made.
    """
    pip.environment(
        venv,
        'Horizon',
        (*_REQUIREMENTS, *requirements),
        inputs=str(PLUGIN).encode(),
        constraints=checkout.constraints(),
        then=lambda: _plug_in(venv),
    )


def _plug_in(venv: pathlib.Path) -> None:
    """Let Horizon find the panels and their policies."""
    package = PLUGIN / 'glint_dashboard'
    [local] = venv.glob('lib/python*/site-packages/openstack_dashboard/local')
    (local.parents[1] / 'glint_dashboard.pth').write_text(f'{PLUGIN}\n')
    for folder in ('enabled', 'local_settings.d'):
        for path in (package / folder).glob('_[0-9]*.py'):
            (local / folder / path.name).unlink(missing_ok=True)
            (local / folder / path.name).symlink_to(path)


def start(
    root: pathlib.Path, venv: pathlib.Path, auth_url: str, port: int
) -> str:
    """Start Horizon with the panels as they are now.

    :param root: the folder for its files and its log, ``horizon.log``.
    :param venv: where it is installed.
    :param auth_url: of the Keystone to log in at.
    :returns: its address.
    :raises LabError: when it does not come up.
    """
    process.stop(root, [i for i in process.known(root) if i.name == NAME])
    process.require_free(port, NAME)
    folder = root / NAME
    for name in ('local', 'sessions'):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    (root / 'run').mkdir(exist_ok=True)
    (folder / 'local' / '__init__.py').touch()
    private_file.write(
        folder / 'local' / 'local_settings.py', _settings(folder, auth_url)
    )
    env = {
        'PYTHONPATH': str(folder),
        'DJANGO_SETTINGS_MODULE': 'openstack_dashboard.settings',
    }
    for arguments in (('collectstatic', '--noinput'), ('compress', '--force')):
        command.run(
            f'Horizon: {arguments[0]}',
            [venv / 'bin' / 'django-admin', *arguments, '-v0'],
            env,
        )
    ini = folder / 'uwsgi.ini'
    ini.write_text(_uwsgi(folder, port))
    process.start(
        root,
        process.Server(
            NAME,
            [venv / 'bin' / 'uwsgi', '--ini', ini],
            root / 'horizon.log',
            lambda: web.answers(f'http://127.0.0.1:{port}/auth/login/'),
            env=env,
        ),
    )
    return f'http://127.0.0.1:{port}'


def _uwsgi(folder: pathlib.Path, port: int) -> str:
    return f"""[uwsgi]
http-socket = 127.0.0.1:{port}
module = openstack_dashboard.wsgi:application
master = true
processes = 1
threads = 8
enable-threads = true
lazy-apps = true
need-app = true
no-orphans = true
die-on-term = true
buffer-size = 65535
add-header = Connection: close
static-map = /static={folder}/static
"""


def _settings(folder: pathlib.Path, auth_url: str) -> str:
    return f"""\
DEBUG = False
ALLOWED_HOSTS = ['127.0.0.1', 'localhost']
SECRET_KEY = {secrets.token_urlsafe(40)!r}
OPENSTACK_KEYSTONE_URL = {auth_url!r}
OPENSTACK_KEYSTONE_DEFAULT_DOMAIN = 'Default'
OPENSTACK_KEYSTONE_DEFAULT_ROLE = 'member'
STATIC_ROOT = {str(folder / 'static')!r}
MEDIA_ROOT = {str(folder / 'media')!r}
SESSION_ENGINE = 'django.contrib.sessions.backends.file'
SESSION_FILE_PATH = {str(folder / 'sessions')!r}
CACHES = {{
    'default': {{'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}}
}}
COMPRESS_OFFLINE = True
AVAILABLE_THEMES = [('default', 'Default', 'themes/default')]
LOGGING = {{
    'version': 1,
    'disable_existing_loggers': False,
    'handlers': {{'console': {{'class': 'logging.StreamHandler'}}}},
    'root': {{'handlers': ['console'], 'level': 'INFO'}},
}}
# There is no Nova, and so no overview to begin with.
from openstack_dashboard.settings import HORIZON_CONFIG
HORIZON_CONFIG['user_home'] = '/project/image_replication/'
"""
