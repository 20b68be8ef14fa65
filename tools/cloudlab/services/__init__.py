# SPDX-License-Identifier: Apache-2.0

"""Brokers, databases, caches: private, apart from the system's own."""

from collections.abc import Iterable
import pathlib
import secrets
from typing import Protocol

from cloudlab import packages
from cloudlab import plan
from cloudlab import process
from cloudlab.services import barbican
from cloudlab.services import mariadb
from cloudlab.services import memcached
from cloudlab.services import postgresql
from cloudlab.services import rabbitmq


class Kind(Protocol):
    """What each module of this package offers.

    :ivar PACKAGE: of Debian that it comes with.
    :ivar OFFSETS: of its servers' ports from the base port.
    """

    PACKAGE: str
    OFFSETS: dict[str, int]

    def find(self) -> pathlib.Path | None:
        """Return where its program is, None when it is not installed."""

    def url(self, password: str, port: int) -> str:
        """Return the URL that Glint's configuration names it with."""

    def prepare(self, service: plan.Service) -> list[process.Server]:
        """Make what is not there; describe its servers in their order."""


KINDS: dict[str, Kind] = {
    'rabbitmq': rabbitmq,
    'mariadb': mariadb,
    'postgresql': postgresql,
    'memcached': memcached,
}
#: Barbican comes from PyPI, and needs the first cloud.
BARBICAN = 'barbican'
NAMES = (*KINDS, BARBICAN)


def new(root: pathlib.Path, name: str, base_port: int) -> plan.Service:
    """Plan a service.

    :param root: the folder of the lab.
    """
    kind = barbican if name == BARBICAN else KINDS[name]
    password = secrets.token_hex(18)
    ports = {server: base_port + n for server, n in kind.OFFSETS.items()}
    return plan.Service(
        url=kind.url(password, ports[name]),
        password=password,
        dir=str(root / name),
        log=str(root / f'{name}.log'),
        ports=ports,
    )


def needs(names: Iterable[str]) -> list[packages.Need]:
    """Describe the packages of services; Barbican comes from PyPI."""
    return [
        packages.Need(name, (KINDS[name].PACKAGE,), KINDS[name].find)
        for name in names
        if name in KINDS
    ]


def prepare(name: str, service: plan.Service) -> list[process.Server]:
    """Make what a service needs; describe its servers in their order."""
    servers = KINDS[name].prepare(service)
    service.ready = True
    return servers
