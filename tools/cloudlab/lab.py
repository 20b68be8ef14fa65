# SPDX-License-Identifier: Apache-2.0

"""Bring a whole lab up and take it down."""

import concurrent.futures
import contextlib
import functools
import pathlib
import shutil
import time

from cloudlab import accounts
from cloudlab import clouds_yaml
from cloudlab import exception
from cloudlab import glance
from cloudlab import keystone
from cloudlab import packages
from cloudlab import plan
from cloudlab import process
from cloudlab import program
from cloudlab import services
from cloudlab import venv
from cloudlab.services import barbican


def start(lab: plan.Lab) -> None:
    """Start what does not run, after making what is not there.

    When anything fails, what this call started is stopped again.

    :raises LabError: when a server does not come up.
    """
    (lab.path / 'run').mkdir(exist_ok=True)
    # Open for the database server's user to pass; the folders below are not.
    lab.path.chmod(0o711)
    _stop_unfinished(lab)
    kept = {item.name for item in process.known(lab.path) if item.alive}
    for name, port in lab.ports.items():
        if name not in kept:
            process.require_free(port, name)
    # Before anything is made: clean and an interrupted start rely on it.
    lab.save()
    try:
        _start_all(lab)
    except BaseException:
        process.stop(
            lab.path,
            [i for i in process.known(lab.path) if i.name not in kept],
        )
        raise
    lab.save()
    clouds_yaml.write(lab)


def _stop_unfinished(lab: plan.Lab) -> None:
    """Stop what an interrupted start has left; it will be made anew."""
    names: set[str] = set()
    for part in lab.parts:
        if not part.ready:
            names |= part.ports.keys()
    process.stop(
        lab.path, [i for i in process.known(lab.path) if i.name in names]
    )


def _start_all(lab: plan.Lab) -> None:
    venv.install(pathlib.Path(lab.venv))
    packages.require(services.needs(lab.services))
    tasks = [
        functools.partial(_start_service, lab, name, service)
        for name, service in lab.services.items()
        if name in services.KINDS
    ] + [functools.partial(_start_cloud, lab, cloud) for cloud in lab.clouds]
    with concurrent.futures.ThreadPoolExecutor(len(tasks)) as pool:
        running = [pool.submit(task) for task in tasks]
        for done in concurrent.futures.as_completed(running):
            program.say(done.result())
    if services.BARBICAN in lab.services:
        program.say(_start_barbican(lab))


def _start_server(lab: plan.Lab, server: process.Server) -> int:
    for item in process.known(lab.path):
        if item.name == server.name and item.alive:
            return item.pid
    return process.start(lab.path, server)


def _start_cloud(lab: plan.Lab, cloud: plan.Cloud) -> str:
    """Make and start one cloud.

    :returns: the news.
    """
    began = time.monotonic()
    environment = pathlib.Path(lab.venv)
    is_new = not cloud.ready
    if is_new:
        _make_cloud(cloud, environment)
    cloud.pids = {
        'keystone': _start_server(lab, keystone.server(cloud, environment)),
        'glance': _start_server(lab, glance.server(cloud, environment)),
    }
    if is_new:
        home = cloud is lab.clouds[0]
        accounts.populate(cloud, lab.glint if home else None)
    seconds = time.monotonic() - began
    return (
        f'{cloud.name}: Keystone at {cloud.auth_url}, Glance at '
        f'{cloud.image_url} ({seconds:.1f} s).'
    )


def _make_cloud(cloud: plan.Cloud, environment: pathlib.Path) -> None:
    shutil.rmtree(cloud.path, ignore_errors=True)
    cloud.path.mkdir(mode=0o700)
    templates = venv.templates(environment)
    for name, maker, conf_dir in (
        ('keystone.db', keystone, cloud.keystone_conf_dir),
        ('glance.db', glance, cloud.glance_conf_dir),
    ):
        folder = pathlib.Path(conf_dir)
        folder.mkdir()
        shutil.copy(templates / name, folder / name)
        maker.prepare(cloud, environment)


def _start_service(lab: plan.Lab, name: str, service: plan.Service) -> str:
    """Make and start one service.

    :returns: the news.
    """
    began = time.monotonic()
    servers = services.prepare(name, service)
    service.pids = {
        server.name: _start_server(lab, server) for server in servers
    }
    seconds = time.monotonic() - began
    return f'{name}: 127.0.0.1:{service.ports[name]} ({seconds:.1f} s).'


def _start_barbican(lab: plan.Lab) -> str:
    """Make and start the Barbican of the first cloud, which is running.

    :returns: the news.
    """
    environment = pathlib.Path(lab.venv)
    venv.add_barbican(environment)
    began = time.monotonic()
    service = lab.services[services.BARBICAN]
    server = barbican.prepare(service, lab.clouds[0], environment)
    service.pids = {server.name: _start_server(lab, server)}
    seconds = time.monotonic() - began
    return f'{server.name}: {service.url} ({seconds:.1f} s).'


def stop(root: pathlib.Path) -> int:
    """Stop all servers of a lab.

    :returns: how many of them ran.
    """
    servers = process.known(root)
    count = sum(item.alive for item in servers)
    process.stop(root, servers)
    lab = plan.Lab.load(root)
    if lab:
        for part in lab.parts:
            part.pids = {}
        lab.save()
    return count


def clean(root: pathlib.Path) -> None:
    """Stop a lab and remove all that it made."""
    process.stop(root, process.known(root))
    with contextlib.suppress(exception.LabError):
        lab = plan.Lab.load(root)
        for service in lab.services.values() if lab else ():
            # A database may lie elsewhere, where its user can reach it.
            shutil.rmtree(service.path, ignore_errors=True)
    shutil.rmtree(root)
