# SPDX-License-Identifier: Apache-2.0

"""A Glint for a lab, with the code as it is now."""

from collections.abc import Mapping
import configparser
import io
import pathlib

from cloudlab import command
from cloudlab import plan
from cloudlab import private_file
from cloudlab import process
from cloudlab import web
from workbench import checkout

#: The one process that :func:`start_alone` starts.
ALONE = 'glint'
_UWSGI = checkout.ROOT / 'etc' / 'glint' / 'glint-api-uwsgi.ini'
#: What the lab has instead of what the operators' file says.
_UWSGI_LINES = {
    'http = 0.0.0.0:9494': 'http = 127.0.0.1:{port}',
    'processes = 4': 'processes = 2',
}

#: Options of a configuration, by their sections.
Options = Mapping[str, Mapping[str, str]]


def configure(
    folder: pathlib.Path, venv: pathlib.Path, lab: plan.Lab, more: Options
) -> pathlib.Path:
    """Write a configuration; make the database and the keys that it names.

    :param folder: for all files.
    :param venv: where Glint is installed.
    :param lab: its first cloud is the home of this Glint.
    :param more: options beside those that each Glint of a lab has.
    :returns: the path of the configuration.
    :raises LabError: when a command fails.
    """
    user = lab.glint
    account = {
        'auth_type': 'password',
        'auth_url': user.auth_url,
        'username': user.username,
        'password': user.password,
        'user_domain_name': user.user_domain_name,
        'project_name': user.project_name,
        'project_domain_name': user.project_domain_name,
    }
    ini = configparser.RawConfigParser(default_section='')
    ini.read_dict(
        {
            'DEFAULT': {'state_path': folder},
            'database': {'connection': f'sqlite:///{folder}/glint.db'},
            'secrets': {'key_repository': folder / 'credential-keys'},
            'home': {
                'name': lab.clouds[0].name,
                'auth_url': user.auth_url,
                'region_name': user.region_name,
            },
            # Conductors connect to no loopback address unless told to.
            'network': {'allow': '127.0.0.1/32'},
            'keystone_authtoken': {
                'www_authenticate_uri': user.auth_url,
                'service_type': 'image-replication',
                'service_token_roles_required': 'true',
                **account,
            },
            'service_user': account,
        }
    )
    ini.read_dict(more)
    text = io.StringIO()
    ini.write(text)
    folder.mkdir(mode=0o700, exist_ok=True)
    conf = folder / 'glint.conf'
    private_file.write(conf, text.getvalue())
    manage = (venv / 'bin' / 'glint-manage', '--config-file', conf)
    for arguments in (('db', 'sync'), ('credential', 'setup')):
        command.run(
            f'glint-manage {" ".join(arguments)}', [*manage, *arguments]
        )
    return conf


def is_alone_alive(root: pathlib.Path) -> bool:
    """Tell whether the process that :func:`start_alone` has started runs.

    :param root: the folder with the pid file.
    """
    return any(i.name == ALONE and i.alive for i in process.known(root))


def start_alone(
    root: pathlib.Path, venv: pathlib.Path, lab: plan.Lab, more: Options
) -> None:
    """Start API and conductor in one process, on SQLite.

    :param root: the folder for its files.
    :param more: as of :func:`configure`.
    :raises LabError: when it does not come up.
    """
    process.stop(root, process.known(root))
    (root / 'run').mkdir(exist_ok=True)
    conf = configure(root / 'glint', venv, lab, more)
    process.start(
        root,
        process.Server(
            ALONE,
            [
                *(venv / 'bin' / 'glint-standalone', '--config-file', conf),
                *('--bind-port', str(lab.glint.port)),
            ],
            root / 'glint.log',
            lambda: web.answers(f'{lab.glint.endpoint}/healthcheck'),
        ),
    )


def deploy(root: pathlib.Path, venv: pathlib.Path, lab: plan.Lab) -> None:
    """Start Glint as an operator does.

    The API runs under uWSGI, the conductor by itself; between them are
    MariaDB and RabbitMQ, tokens are cached in memcached, and Barbican keeps
    secrets.

    :param root: the folder for its files and its logs.
    :param venv: where it is installed, with uWSGI.
    :param lab: runs all of these.
    :raises LabError: when it does not come up.
    """
    (root / 'run').mkdir(exist_ok=True)
    folder = root / 'glint'
    url = {name: service.url for name, service in lab.services.items()}
    conf = configure(
        folder,
        venv,
        lab,
        {
            'DEFAULT': {'transport_url': url['rabbitmq']},
            'database': {'connection': url['mariadb']},
            'secrets': {'backend': 'castellan'},
            'barbican': {'barbican_endpoint': url['barbican']},
            'keystone_authtoken': {'memcached_servers': url['memcached']},
        },
    )
    (folder / 'spool').mkdir(exist_ok=True)
    log = root / 'glint-conductor.log'
    conductor = process.Server(
        'glint-conductor',
        [venv / 'bin' / 'glint-conductor', '--config-file', conf],
        log,
        lambda: ' started' in log.read_text(errors='replace'),
    )
    for server in (conductor, _api(root, venv, folder, lab.glint)):
        # The log is to tell of this run alone.
        server.log.unlink(missing_ok=True)
        process.start(root, server)


def _api(
    root: pathlib.Path,
    venv: pathlib.Path,
    folder: pathlib.Path,
    user: plan.Glint,
) -> process.Server:
    """Describe the API under uWSGI, with the file that operators get."""
    text = _UWSGI.read_text()
    for old, new in _UWSGI_LINES.items():
        assert old in text
        text = text.replace(old, new.format(port=user.port))
    ini = folder / 'glint-api-uwsgi.ini'
    ini.write_text(text)
    return process.Server(
        'glint-api',
        [venv / 'bin' / 'uwsgi', '--ini', ini],
        root / 'glint-api.log',
        lambda: web.answers(f'{user.endpoint}/healthcheck'),
        env={'OS_GLINT_CONFIG_DIR': str(folder)},
    )
