# SPDX-License-Identifier: Apache-2.0

"""The clouds that ``tools/lab`` runs, as $GLINT_LAB describes them."""

import dataclasses
import json
import os
import pathlib
from typing import Any
from typing import Self

from glanceclient.v2 import client as glance_client
from keystoneauth1 import session
from keystoneauth1.identity import v3


@dataclasses.dataclass(frozen=True)
class Account:
    """A user of a cloud in the project that it works in."""

    auth_url: str
    region_name: str
    username: str
    password: str = dataclasses.field(repr=False)
    user_id: str
    user_domain_name: str
    project_id: str
    project_name: str
    project_domain_name: str

    def session(self) -> session.Session:
        """Return a session of its own for this user."""
        auth = v3.Password(
            auth_url=self.auth_url,
            username=self.username,
            password=self.password,
            user_domain_name=self.user_domain_name,
            project_name=self.project_name,
            project_domain_name=self.project_domain_name,
        )
        return session.Session(auth=auth)

    def glance(self) -> glance_client.Client:
        """Return a client of the cloud's Glance for this user."""
        return glance_client.Client(
            session=self.session(), region_name=self.region_name
        )


@dataclasses.dataclass(frozen=True)
class Cloud:
    """A Keystone and a Glance.

    :ivar member: has the role member in the project demo.
    :ivar reader: may only read in the same project.
    :ivar other: has the role member in another project.
    """

    name: str
    auth_url: str
    image_url: str
    region_name: str
    seed_image_id: str
    admin: Account
    member: Account
    reader: Account
    other: Account
    pids: dict[str, int]
    logs: dict[str, pathlib.Path]

    @classmethod
    def load(cls, record: dict[str, Any]) -> Self:
        accounts = {
            name: _account(record[name], record)
            for name in ('admin', 'member', 'reader', 'other')
        }
        logs = {k: pathlib.Path(v) for k, v in record['logs'].items()}
        plain = {
            name: record[name]
            for name in (
                'name',
                'auth_url',
                'image_url',
                'region_name',
                'seed_image_id',
                'pids',
            )
        }
        return cls(**plain, **accounts, logs=logs)

    def downloads(self, image_id: str) -> int:
        """Return how often the data of an image was read from here."""
        line = f'"GET /v2/images/{image_id}/file '
        return self.logs['glance_access'].read_text().count(line)


@dataclasses.dataclass(frozen=True)
class Lab:
    """All clouds; Glint belongs to the first one.

    :ivar glint: Glint's service user in the first cloud.
    :ivar endpoint: where the first cloud's catalog says that Glint is.
    :ivar services: URL of each broker and database, by name.
    :ivar venv: where Keystone and Glance are installed.
    """

    clouds: list[Cloud]
    glint: Account
    port: int
    endpoint: str
    services: dict[str, str]
    venv: pathlib.Path

    @property
    def home(self) -> Cloud:
        return self.clouds[0]


def _account(record: dict[str, Any], place: dict[str, Any]) -> Account:
    names = [field.name for field in dataclasses.fields(Account)]
    known = {'auth_url': place['auth_url']} | record
    known['region_name'] = place['region_name']
    return Account(**{name: known[name] for name in names})


def load() -> Lab | None:
    """Read the lab that $GLINT_LAB names, None when it is not set."""
    path = os.environ.get('GLINT_LAB')
    if not path:
        return None
    record = json.loads(pathlib.Path(path).read_text())
    glint = record['glint']
    return Lab(
        clouds=[Cloud.load(item) for item in record['clouds']],
        glint=_account(glint, glint),
        port=glint['port'],
        endpoint=glint['endpoint'],
        services={
            name: item['url'] for name, item in record['services'].items()
        },
        venv=pathlib.Path(record['venv']),
    )
