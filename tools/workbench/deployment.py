# SPDX-License-Identifier: Apache-2.0

"""A Glint for a lab, deployed as an operator does it.

The API runs under uWSGI, the conductor by itself; between them are MariaDB
and RabbitMQ, tokens are cached in memcached, and Barbican keeps secrets. The
lab must run all of these.
"""

import pathlib

from cloudlab import command
from cloudlab import plan
from cloudlab import private_file
from cloudlab import process
from cloudlab import web
from workbench import checkout

_UWSGI = checkout.ROOT / 'etc' / 'glint' / 'glint-api-uwsgi.ini'
#: What the lab has instead of what the operators' file says.
_UWSGI_LINES = {
    'http = 0.0.0.0:9494': 'http = 127.0.0.1:{port}',
    'processes = 4': 'processes = 2',
}


def start(root: pathlib.Path, venv: pathlib.Path, lab: plan.Lab) -> None:
    """Make what Glint needs and start it, with the code as it is now.

    :param root: the folder for its files and its logs.
    :param venv: where it is installed, with uWSGI.
    :param lab: its first cloud is the home of this Glint.
    :raises LabError: when it does not come up.
    """
    folder = root / 'glint'
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / 'spool').mkdir(exist_ok=True)
    (root / 'run').mkdir(exist_ok=True)
    conf = folder / 'glint.conf'
    private_file.write(conf, _configuration(folder, lab))
    programs = venv / 'bin'
    for arguments in (('db', 'sync'), ('credential', 'setup')):
        command.run(
            f'glint-manage {" ".join(arguments)}',
            [programs / 'glint-manage', '--config-file', conf, *arguments],
        )
    for server in (
        _conductor(root, programs, conf),
        _api(root, programs, folder, lab.glint),
    ):
        # The log is to tell of this run alone.
        server.log.unlink(missing_ok=True)
        process.start(root, server)


def _conductor(
    root: pathlib.Path, programs: pathlib.Path, conf: pathlib.Path
) -> process.Server:
    log = root / 'glint-conductor.log'
    return process.Server(
        'glint-conductor',
        [programs / 'glint-conductor', '--config-file', conf],
        log,
        lambda: ' started' in log.read_text(errors='replace'),
    )


def _api(
    root: pathlib.Path,
    programs: pathlib.Path,
    folder: pathlib.Path,
    glint: plan.Glint,
) -> process.Server:
    """Describe the API under uWSGI, with the file that operators get."""
    ini = folder / 'glint-api-uwsgi.ini'
    text = _UWSGI.read_text()
    for old, new in _UWSGI_LINES.items():
        assert old in text
        text = text.replace(old, new.format(port=glint.port))
    ini.write_text(text)
    return process.Server(
        'glint-api',
        [programs / 'uwsgi', '--ini', ini],
        root / 'glint-api.log',
        lambda: web.answers(f'{glint.endpoint}/healthcheck'),
        env={'OS_GLINT_CONFIG_DIR': str(folder)},
    )


def _configuration(folder: pathlib.Path, lab: plan.Lab) -> str:
    user = lab.glint
    service_user = f"""\
auth_type = password
auth_url = {user.auth_url}
username = {user.username}
password = {user.password}
user_domain_name = {user.user_domain_name}
project_name = {user.project_name}
project_domain_name = {user.project_domain_name}
"""
    return f"""\
[DEFAULT]
state_path = {folder}
transport_url = {lab.services['rabbitmq'].url}

[database]
connection = {lab.services['mariadb'].url}

[secrets]
backend = castellan
key_repository = {folder}/credential-keys

[barbican]
barbican_endpoint = {lab.services['barbican'].url}

[home]
name = {lab.clouds[0].name}
auth_url = {user.auth_url}
region_name = {user.region_name}

[network]
# Conductors connect to no loopback address unless they are told to.
allow = 127.0.0.1/32

[keystone_authtoken]
www_authenticate_uri = {user.auth_url}
service_type = image-replication
service_token_roles_required = true
memcached_servers = {lab.services['memcached'].url}
{service_user}
[service_user]
{service_user}"""
