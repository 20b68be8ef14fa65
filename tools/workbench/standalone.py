# SPDX-License-Identifier: Apache-2.0

"""A Glint for a lab: API and conductor in one process."""

import pathlib

from cloudlab import command
from cloudlab import plan
from cloudlab import private_file
from cloudlab import process
from cloudlab import web

NAME = 'glint'


def is_alive(root: pathlib.Path) -> bool:
    """Tell whether the process that :func:`start` has started runs.

    :param root: the folder with the pid file.
    """
    return any(i.name == NAME and i.alive for i in process.known(root))


def start(
    root: pathlib.Path,
    venv: pathlib.Path,
    lab: plan.Lab,
    conductor: str,
) -> None:
    """Make what Glint needs and start it, with the code as it is now.

    :param root: the folder for its files.
    :param venv: where it is installed.
    :param lab: its first cloud is the home of this Glint.
    :param conductor: the lines of this section of its configuration.
    :raises LabError: when it does not come up.
    """
    process.stop(root, process.known(root))
    folder = root / NAME
    folder.mkdir(mode=0o700, exist_ok=True)
    (root / 'run').mkdir(exist_ok=True)
    conf = folder / 'glint.conf'
    private_file.write(conf, _configuration(folder, lab, conductor))
    programs = venv / 'bin'
    for arguments in (('db', 'sync'), ('credential', 'setup')):
        command.run(
            f'glint-manage {" ".join(arguments)}',
            [programs / 'glint-manage', '--config-file', conf, *arguments],
        )
    process.start(
        root,
        process.Server(
            NAME,
            [
                programs / 'glint-standalone',
                '--config-file',
                conf,
                '--bind-port',
                str(lab.glint.port),
            ],
            root / 'glint.log',
            lambda: web.answers(f'{lab.glint.endpoint}/healthcheck'),
        ),
    )


def _configuration(folder: pathlib.Path, lab: plan.Lab, conductor: str) -> str:
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

[database]
connection = sqlite:///{folder}/glint.db

[secrets]
key_repository = {folder}/credential-keys

[home]
name = {lab.clouds[0].name}
auth_url = {user.auth_url}
region_name = {user.region_name}

[network]
# Conductors connect to no loopback address unless they are told to.
allow = 127.0.0.1/32

[conductor]
{conductor}

[keystone_authtoken]
www_authenticate_uri = {user.auth_url}
service_type = image-replication
service_token_roles_required = true
{service_user}
[service_user]
{service_user}"""
