# SPDX-License-Identifier: Apache-2.0

"""A real Keystone."""

import base64
import os
import pathlib

from cloudlab import command
from cloudlab import plan
from cloudlab import private_file
from cloudlab import process
from cloudlab import uwsgi


def _configure(conf_dir: pathlib.Path, database: pathlib.Path) -> None:
    """Write keystone.conf.

    Cheap password hashes and an in-memory cache, which one process can
    afford, make a token in about 20 ms instead of half a second.
    """
    (conf_dir / 'keystone.conf').write_text(f"""[DEFAULT]
debug = false
[database]
connection = sqlite:///{database}?timeout=30
sqlite_synchronous = false
[identity]
password_hash_rounds = 4
[cache]
enabled = true
backend = dogpile.cache.memory_pickle
[token]
provider = fernet
[fernet_tokens]
key_repository = {conf_dir}/fernet-keys
[fernet_receipts]
key_repository = {conf_dir}/fernet-keys
[credential]
key_repository = {conf_dir}/credential-keys
[oslo_concurrency]
lock_path = {conf_dir}/locks
""")


def _manage(
    venv: pathlib.Path,
    conf_dir: pathlib.Path,
    *arguments: str,
    env: dict[str, str] | None = None,
) -> None:
    command.run(
        f'keystone-manage {arguments[0]}',
        [
            venv / 'bin' / 'keystone-manage',
            '--config-file',
            conf_dir / 'keystone.conf',
            *arguments,
        ],
        env=env,
    )


def make_database(
    venv: pathlib.Path, scratch: pathlib.Path, database: pathlib.Path
) -> None:
    """Make an empty database, to be copied for each cloud."""
    _configure(scratch, database)
    _manage(venv, scratch, 'db_sync')


def _make_keys(repository: pathlib.Path) -> None:
    """Make what ``keystone-manage fernet_setup`` makes, in no time."""
    repository.mkdir(mode=0o700)
    for name in ('0', '1'):
        key = base64.urlsafe_b64encode(os.urandom(32)).decode()
        private_file.write(repository / name, key)


def prepare(cloud: plan.Cloud, venv: pathlib.Path) -> None:
    """Give a new Keystone its keys, its admin and its own endpoint.

    Its database must have been copied already.
    """
    conf_dir = pathlib.Path(cloud.keystone_conf_dir)
    _configure(conf_dir, conf_dir / 'keystone.db')
    _make_keys(conf_dir / 'fernet-keys')
    _make_keys(conf_dir / 'credential-keys')
    endpoints = [
        f'--bootstrap-{interface}-url={cloud.auth_url}'
        for interface in ('public', 'internal', 'admin')
    ]
    _manage(
        venv,
        conf_dir,
        'bootstrap',
        f'--bootstrap-region-id={cloud.region_name}',
        *endpoints,
        env={'OS_BOOTSTRAP_PASSWORD': cloud.admin.password},
    )


def server(cloud: plan.Cloud, venv: pathlib.Path) -> process.Server:
    """Describe the Keystone of a cloud."""
    return uwsgi.server(
        f'{cloud.name}-keystone',
        venv,
        pathlib.Path(cloud.keystone_conf_dir),
        'keystone.wsgi.api:application',
        'OS_KEYSTONE_CONFIG_DIR',
        cloud.keystone_port,
        logs=(cloud.logs['keystone'], cloud.logs['keystone_access']),
    )
