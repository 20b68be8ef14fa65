# SPDX-License-Identifier: Apache-2.0

"""A real Glance."""

import pathlib
import shutil

from cloudlab import command
from cloudlab import plan
from cloudlab import private_file
from cloudlab import process
from cloudlab import uwsgi


def make_database(
    venv: pathlib.Path, scratch: pathlib.Path, database: pathlib.Path
) -> None:
    """Make a database with the metadata definitions, to be copied."""
    conf = scratch / 'glance-manage.conf'
    conf.write_text(f'[database]\nconnection = sqlite:///{database}\n')
    manage: list[str | pathlib.Path] = [
        venv / 'bin' / 'glance-manage',
        '--config-file',
        conf,
    ]
    command.run('glance-manage db_sync', [*manage, 'db_sync'])
    command.run(
        'glance-manage db_load_metadefs',
        [*manage, 'db_load_metadefs', venv / 'etc' / 'glance' / 'metadefs'],
    )


def prepare(cloud: plan.Cloud, venv: pathlib.Path) -> None:
    """Give a new Glance its configuration and its stores.

    Its database must have been copied already.
    """
    conf_dir = pathlib.Path(cloud.glance_conf_dir)
    for name in ('images', 'staging', 'tasks', 'locks'):
        (cloud.path / name).mkdir()
    shutil.copy(
        venv / 'etc' / 'glance' / 'glance-api-paste.ini',
        conf_dir / 'glance-api-paste.ini',
    )
    user = cloud.service_user
    private_file.write(
        conf_dir / 'glance-api.conf',
        f"""[DEFAULT]
debug = false
enabled_backends = file:file
worker_self_reference_url = {cloud.image_url}
[database]
connection = sqlite:///{conf_dir}/glance.db?timeout=30
sqlite_synchronous = false
[glance_store]
default_backend = file
[file]
filesystem_store_datadir = {cloud.path}/images
[os_glance_staging_store]
filesystem_store_datadir = {cloud.path}/staging
[os_glance_tasks_store]
filesystem_store_datadir = {cloud.path}/tasks
[paste_deploy]
flavor = keystone
[keystone_authtoken]
www_authenticate_uri = {cloud.auth_url}
auth_url = {cloud.auth_url}
auth_type = password
region_name = {cloud.region_name}
service_type = image
username = {user.username}
password = {user.password}
user_domain_name = {user.user_domain_name}
project_name = {user.project_name}
project_domain_name = {user.project_domain_name}
service_token_roles = service
service_token_roles_required = true
[oslo_concurrency]
lock_path = {cloud.path}/locks
""",
    )


def server(cloud: plan.Cloud, venv: pathlib.Path) -> process.Server:
    """Describe the Glance of a cloud."""
    return uwsgi.server(
        f'{cloud.name}-glance',
        venv,
        pathlib.Path(cloud.glance_conf_dir),
        'glance.wsgi.api:application',
        'OS_GLANCE_CONFIG_DIR',
        cloud.glance_port,
        logs=(cloud.logs['glance'], cloud.logs['glance_access']),
        # python-glanceclient sends chunks of 1 MiB, just above the default.
        extra='chunked-input-limit = 4194304\n'
        'http-chunked-input = true\n'
        'http-auto-chunked = true\n'
        'http-raw-body = true\n',
    )
