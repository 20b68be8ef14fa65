# SPDX-License-Identifier: Apache-2.0

"""What a lab consists of: names, ports, accounts; kept in lab.json."""

import dataclasses
import json
import pathlib
import secrets
from typing import Any
from typing import Self

from cloudlab import exception
from cloudlab import private_file

REGION = 'RegionOne'
DOMAIN = 'Default'
CLOUD_NAMES = (
    'home',
    'west',
    'east',
    'north',
    'south',
    'lake',
    'hill',
    'wood',
    'moor',
)
DEFAULT_BASE_PORT = 25400
# From the base port: 10 for each cloud, then Glint, then the services.
GLINT_PORT_OFFSET = 90


@dataclasses.dataclass
class Account:
    """A user of a cloud in the project that it works in."""

    username: str
    project_name: str
    # Those of token_urlsafe may begin with "-", as the options of a command.
    password: str = dataclasses.field(
        default_factory=lambda: secrets.token_hex(18), repr=False
    )
    user_id: str = ''
    project_id: str = ''
    user_domain_name: str = DOMAIN
    project_domain_name: str = DOMAIN


@dataclasses.dataclass
class Cloud:
    """A Keystone and a Glance.

    :ivar seed_image_id: the image that each cloud has; empty until the
        cloud has been set up completely.
    """

    name: str
    dir: str
    keystone_port: int
    glance_port: int
    auth_url: str
    image_url: str
    admin: Account
    member: Account
    reader: Account
    other: Account
    service_user: Account
    region_name: str = REGION
    seed_image_id: str = ''
    keystone_conf_dir: str = ''
    glance_conf_dir: str = ''
    logs: dict[str, str] = dataclasses.field(default_factory=dict)
    pids: dict[str, int] = dataclasses.field(default_factory=dict)

    @property
    def path(self) -> pathlib.Path:
        return pathlib.Path(self.dir)

    @property
    def ports(self) -> dict[str, int]:
        """The port of each server, by the server's name."""
        return {
            f'{self.name}-keystone': self.keystone_port,
            f'{self.name}-glance': self.glance_port,
        }

    @property
    def ready(self) -> bool:
        return bool(self.seed_image_id)

    @classmethod
    def new(cls, root: pathlib.Path, name: str, port: int) -> Self:
        """Plan a cloud.

        :param root: the folder of the lab.
        :param port: the first of its ports.
        """
        path = root / name
        return cls(
            name=name,
            dir=str(path),
            keystone_port=port,
            glance_port=port + 1,
            auth_url=f'http://127.0.0.1:{port}/v3',
            image_url=f'http://127.0.0.1:{port + 1}',
            admin=Account('admin', 'admin'),
            member=Account('demo', 'demo'),
            reader=Account('demo-reader', 'demo'),
            other=Account('other', 'other'),
            service_user=Account('glance', 'service'),
            keystone_conf_dir=str(path / 'keystone'),
            glance_conf_dir=str(path / 'glance'),
            logs={
                'keystone': str(path / 'keystone.log'),
                'keystone_access': str(path / 'keystone-access.log'),
                'glance': str(path / 'glance.log'),
                'glance_access': str(path / 'glance-access.log'),
            },
        )

    @classmethod
    def load(cls, record: dict[str, Any]) -> Self:
        accounts = ('admin', 'member', 'reader', 'other', 'service_user')
        return cls(
            **record | {name: Account(**record[name]) for name in accounts}
        )


@dataclasses.dataclass
class Service:
    """A message broker or a database server.

    :ivar ports: of its servers; clients use that of the server which is
        named as the service.
    :ivar ready: whether its data has been made.
    """

    url: str
    password: str = dataclasses.field(repr=False)
    dir: str
    log: str
    ports: dict[str, int]
    username: str = 'glint'
    host: str = '127.0.0.1'
    ready: bool = False
    pids: dict[str, int] = dataclasses.field(default_factory=dict)

    @property
    def path(self) -> pathlib.Path:
        return pathlib.Path(self.dir)


@dataclasses.dataclass
class Glint(Account):
    """The service user that Glint has in the first cloud."""

    port: int = 0
    endpoint: str = ''
    auth_url: str = ''
    region_name: str = REGION


@dataclasses.dataclass
class Lab:
    """All that runs under one folder."""

    dir: str
    venv: str
    base_port: int
    clouds: list[Cloud]
    glint: Glint
    services: dict[str, Service] = dataclasses.field(default_factory=dict)

    @property
    def path(self) -> pathlib.Path:
        return pathlib.Path(self.dir)

    @property
    def parts(self) -> list[Cloud | Service]:
        return [*self.clouds, *self.services.values()]

    @property
    def ports(self) -> dict[str, int]:
        """The port of each server, by the server's name."""
        found: dict[str, int] = {}
        for part in self.parts:
            found |= part.ports
        return found

    @classmethod
    def new(
        cls,
        path: pathlib.Path,
        venv: pathlib.Path,
        names: list[str],
        base_port: int,
    ) -> Self:
        """Plan a lab.

        :param path: its folder.
        :param venv: the virtual environment that Keystone and Glance run in.
        :param names: of the clouds; Glint belongs to the first one.
        """
        clouds = [
            Cloud.new(path, name, base_port + 10 * index)
            for index, name in enumerate(names)
        ]
        port = base_port + GLINT_PORT_OFFSET
        glint = Glint(
            'glint',
            'service',
            port=port,
            endpoint=f'http://127.0.0.1:{port}',
            auth_url=clouds[0].auth_url,
        )
        return cls(str(path), str(venv), base_port, clouds, glint)

    @classmethod
    def load(cls, path: pathlib.Path) -> Self | None:
        """Read the lab of a folder, None when it has none.

        :raises LabError: when lab.json cannot be understood.
        """
        try:
            record = json.loads((path / 'lab.json').read_text())
            record['clouds'] = [Cloud.load(item) for item in record['clouds']]
            record['glint'] = Glint(**record['glint'])
            record['services'] = {
                name: Service(**item)
                for name, item in record['services'].items()
            }
            return cls(**record)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise exception.LabError(
                f'{path}/lab.json cannot be read ({error}). Run "tools/lab '
                f'clean --dir {path}" and start again.'
            ) from error

    def save(self) -> None:
        """Write lab.json, which holds passwords, for the owner only."""
        text = json.dumps(dataclasses.asdict(self), indent=2) + '\n'
        private_file.write(self.path / 'lab.json', text)
