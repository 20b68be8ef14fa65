# SPDX-License-Identifier: Apache-2.0

"""A real Barbican beside the first cloud, which keeps secrets in SQLite."""

import base64
import os
import pathlib
import shutil

from cloudlab import accounts
from cloudlab import command
from cloudlab import plan
from cloudlab import private_file
from cloudlab import process
from cloudlab import uwsgi

OFFSETS = {'barbican': 96}


def url(_password: str, port: int) -> str:
    """Return the address that the cloud's catalog says."""
    return f'http://127.0.0.1:{port}'


def prepare(
    service: plan.Service, cloud: plan.Cloud, venv: pathlib.Path
) -> process.Server:
    """Make and register what is not there; describe the server.

    :param cloud: whose Keystone it relies on; it must be running.
    :param venv: where it is installed.
    """
    if not service.ready:
        _make(service, cloud, venv)
        service.ready = True
    folder = service.path
    return uwsgi.server(
        'barbican',
        venv,
        folder,
        'cloudlab.barbican_application:application',
        # Barbican looks there for .barbican/barbican.conf.
        'HOME',
        service.ports['barbican'],
        logs=(service.log, str(folder / 'access.log')),
    )


def _make(
    service: plan.Service, cloud: plan.Cloud, venv: pathlib.Path
) -> None:
    folder = service.path
    shutil.rmtree(folder, ignore_errors=True)
    (folder / '.barbican').mkdir(mode=0o700, parents=True)
    user = plan.Account('barbican', 'service', service.password)
    _configure(service, cloud, user)
    command.run(
        'barbican-manage db upgrade',
        [venv / 'bin' / 'barbican-manage', 'db', 'upgrade', '-v', 'head'],
        env={'HOME': str(folder)},
    )
    admin = accounts.Admin(cloud)
    admin.use_project(cloud.service_user)
    admin.create_user(user, 'service')
    admin.register('key-manager', 'barbican', service.url)


def _configure(
    service: plan.Service, cloud: plan.Cloud, user: plan.Account
) -> None:
    key = base64.b64encode(os.urandom(32)).decode()
    private_file.write(
        service.path / '.barbican' / 'barbican.conf',
        f"""[DEFAULT]
host_href = {service.url}
db_auto_create = false
[database]
connection = sqlite:///{service.path}/barbican.db?timeout=30
sqlite_synchronous = false
[secretstore]
enabled_secretstore_plugins = store_crypto
[crypto]
enabled_crypto_plugins = simple_crypto
[simple_crypto_plugin]
kek = {key}
[queue]
enable = false
[keystone_authtoken]
www_authenticate_uri = {cloud.auth_url}
auth_url = {cloud.auth_url}
auth_type = password
region_name = {cloud.region_name}
username = {user.username}
password = {user.password}
user_domain_name = {user.user_domain_name}
project_name = {user.project_name}
project_domain_name = {user.project_domain_name}
service_token_roles = service
service_token_roles_required = true
[oslo_policy]
enforce_scope = true
enforce_new_defaults = true
""",
    )
