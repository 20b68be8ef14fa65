# SPDX-License-Identifier: Apache-2.0

"""Run the plugin through all phases, and see what it did."""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import dataclasses
import os
import pathlib
import secrets
import shutil
import subprocess
import tempfile
import time

from cloudlab import accounts
from cloudlab import command
from cloudlab import environment
from cloudlab import exception
from cloudlab import pip
from cloudlab import plan
from cloudlab import process
from cloudlab import program
from workbench import checkout
from workbench import tempest
from workbench import testlab
from workbench.devstack import apache
from workbench.devstack import leftovers
from workbench.devstack import state
from workbench.devstack import variables

_PHASES = checkout.TOOLS / 'devstack' / 'phases'

_SMOKE = r'^glint_tempest_plugin\..*\[.*smoke'
#: Registers the second cloud, and has an image copied there.
_COPY = r'\.test_image_arrives_whole\b'


def run(
    root: pathlib.Path,
    lab: plan.Lab,
    venvs: tuple[pathlib.Path, pathlib.Path],
    tls: bool = False,
    backend: str = 'fernet',
) -> None:
    """Do everything, once.

    :param root: the folder for all files, which is removed in the end unless
        something is wrong.
    :param lab: its first cloud is to be that of the DevStack.
    :param venvs: where DevStack has installed Keystone, Glance and Horizon,
        and where it has installed Tempest.
    :raises LabError: when something is not as it should be.
    """
    setting = variables.Setting(
        root,
        lab,
        *venvs,
        secrets.token_hex(18),
        tls,
        backend,
    )
    second = dataclasses.replace(setting, only_copies=True)
    with _devstack(setting, second):
        before = leftovers.files(setting)
        _phase(setting, 'stack')
        _phase(setting, 'unstack')
        leftovers.require_stopped(root)
        # From here on, everything is to be as it is after a single stack.
        _phase(setting, 'stack')
        for check in (
            state.services,
            state.sites,
            state.roles,
            state.configuration,
            state.options,
            state.panels,
            _client,
            _smoke,
        ):
            _see(check, setting)
        _second_host(setting, second)
        _see(state.secrets, setting)
        _phase(setting, 'unstack')
        leftovers.require_stopped(root)
        _phase(setting, 'clean')
        leftovers.require_clean(before, leftovers.files(setting))
        program.say('Nothing is left.')
    shutil.rmtree(root)


def _see(
    check: Callable[[variables.Setting], None],
    setting: variables.Setting,
) -> None:
    began = time.monotonic()
    check(setting)
    name = check.__name__.removeprefix('_')
    program.say(f'{name}: as it should be ({time.monotonic() - began:.0f} s)')


@contextlib.contextmanager
def _devstack(*hosts: variables.Setting) -> Iterator[None]:
    """Make what a DevStack has before it calls a plugin.

    :param hosts: the first one has all but Glint.
    """
    setting = hosts[0]
    root = setting.root
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(mode=0o700, parents=True)
    for name in ('requirements', 'run'):
        (root / name).mkdir()
    # Apache's processes have to reach the sockets, and the tree may be in a
    # home that only its owner may enter.
    sockets = tempfile.TemporaryDirectory(prefix='glint-devstack-')
    os.chmod(sockets.name, 0o711)
    for number, host in enumerate(hosts):
        for name in ('data', 'etc', 'logs', 'pids'):
            (host.folder / name).mkdir(parents=True)
        folder = pathlib.Path(sockets.name, str(number))
        folder.mkdir(mode=0o711)
        variables.write(host, testlab.mark(root), folder)
    shutil.copy(
        pip.CONSTRAINTS, root / 'requirements' / 'upper-constraints.txt'
    )
    name = 'openstack_dashboard'
    [installed] = setting.venv.glob(f'lib/python*/site-packages/{name}')
    shutil.copytree(installed, setting.horizon / name)
    accounts.forget_glint(setting.lab.clouds[0])
    variables.write_clouds(setting)
    tempest.prepare(
        setting.tempest, setting.tempest_venv, _tempest_configuration(setting)
    )
    try:
        apache.start(root, setting.apache, setting.ports)
        if setting.tls:
            shutil.copy(setting.apache / 'certificate.pem', setting.bundle)
        yield
    finally:
        process.stop(root, process.known(root))
        testlab.end_marked(root)
        sockets.cleanup()


def _phase(setting: variables.Setting, mode: str, *arguments: str) -> None:
    began = time.monotonic()
    log = setting.folder / 'logs' / f'{mode}.log'
    with open(log, 'wb') as output:
        code = subprocess.run(
            ['bash', _PHASES, setting.variables, mode, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=setting.folder,
            check=False,
        ).returncode
    if code:
        text = log.read_text(errors='replace')
        raise exception.LabError(
            f'{mode} exited with {code}. The end of {log}:\n'
            f'{command.tail(text, 30)}'
        )
    where = 'second host, ' if setting.only_copies else ''
    words = ' '.join((mode, *arguments))
    program.say(f'{where}{words}: done ({time.monotonic() - began:.0f} s)')


def _second_host(
    setting: variables.Setting, second: variables.Setting
) -> None:
    """Add a host that only copies, and let it alone copy.

    :raises LabError: when it harms what the first one has, or cannot copy.
    """
    if setting.backend == 'fernet':
        _require_keys(second)
        name = 'credential-keys'
        shutil.copytree(setting.glint_conf / name, second.glint_conf / name)
    _phase(second, 'stack')
    _phase(setting, 'stop', 'glint-conductor')
    _tempest(setting, _COPY)
    program.say('copy by the second host: as it should be')
    _phase(second, 'unstack')
    _phase(second, 'clean')


def _require_keys(second: variables.Setting) -> None:
    """See that a host misses the keys that it does not have.

    :raises LabError: when it makes keys of its own, or does without.
    """
    try:
        _phase(second, 'stack')
    except exception.LabError as error:
        if 'Copy the folder' not in str(error):
            raise
    else:
        raise exception.LabError('The second host does not miss the keys.')


def _client(setting: variables.Setting) -> None:
    """See that the client finds Glint, by what the plugin has installed."""
    command.run(
        'openstack image replication site list',
        [
            *(setting.venv / 'bin' / 'openstack', '--os-cloud', 'devstack'),
            *('image', 'replication', 'site', 'list'),
        ],
        setting.env(),
    )


def _tempest_configuration(
    setting: variables.Setting,
) -> dict[str, dict[str, str]]:
    """Say what DevStack itself has written into tempest.conf."""
    found = tempest.of_cloud(setting.lab.clouds[0])
    if setting.tls:
        found['identity']['ca_certificates_file'] = str(setting.bundle)
    return found


def _smoke(setting: variables.Setting) -> None:
    """Run the smoke tests of the plugin."""
    _tempest(setting, _SMOKE)


def _tempest(setting: variables.Setting, regex: str) -> None:
    """Run some tests, by what the phases configured.

    :raises LabError: unless all of them pass.
    """
    log = setting.root / 'logs' / 'tempest.log'
    with open(log, 'w') as out:
        code, totals = tempest.run(
            setting.tempest,
            setting.tempest_venv,
            regex,
            environment.clean(),
            out,
        )
    if code or totals.skipped or not totals.ran:
        raise exception.LabError(
            f'Tempest: {totals.summary}. The end of {log}:\n'
            f'{command.tail(log.read_text(errors="replace"), 30)}'
        )
