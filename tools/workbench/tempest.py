# SPDX-License-Identifier: Apache-2.0

"""Tempest, with the plugin of the checkout, against a lab."""

from collections.abc import Mapping
import configparser
import io
import pathlib
import shutil
import tempfile
from typing import TextIO

from cloudlab import command
from cloudlab import pip
from cloudlab import plan
from cloudlab import private_file
from workbench import checkout
from workbench import stestr

PLUGIN = checkout.ROOT / 'glint-tempest-plugin'
PACKAGE = 'glint_tempest_plugin'

#: The name of the folder that Tempest works in.
WORKSPACE = 'workspace'

_WORKERS = 2


def install(venv: pathlib.Path) -> None:
    """Make an environment with Tempest and the plugin, unless it is there.

    :raises LabError: when it cannot be made.
    """
    inputs = [PLUGIN / name for name in ('pyproject.toml', 'requirements.txt')]
    pip.environment(
        venv,
        'Tempest',
        ('--editable', PLUGIN),
        inputs=b''.join(path.read_bytes() for path in inputs),
        env=checkout.pbr_environment(PLUGIN),
        constraints=checkout.constraints(),
    )


def prepare(
    folder: pathlib.Path,
    venv: pathlib.Path,
    configuration: Mapping[str, Mapping[str, str]],
) -> None:
    """Make a workspace of Tempest, in place of an earlier one.

    :param folder: for the workspace: configuration, log and results.
    :param venv: where Tempest is installed.
    :param configuration: what tempest.conf is to say.
    :raises LabError: when it cannot be made.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    workspace = folder / WORKSPACE
    command.run(
        'tempest init',
        [venv / 'bin' / 'tempest', 'init', workspace],
        _home(folder),
    )
    conf = configuration_file(folder)
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(conf)
    parser.read_dict(configuration)
    text = io.StringIO()
    parser.write(text)
    conf.unlink()
    private_file.write(conf, text.getvalue())


def configuration_file(folder: pathlib.Path) -> pathlib.Path:
    """Say where the tempest.conf of a workspace is."""
    return folder / WORKSPACE / 'etc' / 'tempest.conf'


def check_ids(venv: pathlib.Path) -> None:
    """See that each test of the plugin has an id that no other has.

    :raises LabError: when that is not so, with the tests.
    """
    with tempfile.TemporaryDirectory() as home:
        command.run(
            'check-uuid',
            [venv / 'bin' / 'check-uuid', '--package', PACKAGE],
            _home(pathlib.Path(home)),
        )


def run(
    folder: pathlib.Path,
    venv: pathlib.Path,
    regex: str,
    env: Mapping[str, str],
    out: TextIO,
) -> tuple[int, stestr.Totals]:
    """Run some tests.

    :param folder: with the workspace.
    :param regex: which tests; it may look for attributes, too.
    :param out: where the output is shown.
    :returns: the exit code, and how the tests ended.
    """
    code, output = stestr.run(
        [
            *(venv / 'bin' / 'tempest', 'run', f'--concurrency={_WORKERS}'),
            f'--regex={regex}',
        ],
        folder / WORKSPACE,
        {**env, **_home(folder)},
        out,
    )
    return code, stestr.Totals.read(output)


def _home(folder: pathlib.Path) -> dict[str, str]:
    """Let Tempest note its workspaces here and not in the user's home."""
    return {'HOME': str(folder)}


def of_cloud(home: plan.Cloud) -> dict[str, dict[str, str]]:
    """Say in tempest.conf what a cloud has without Glint."""
    return {
        'auth': {
            'use_dynamic_credentials': 'true',
            'create_isolated_networks': 'false',
            'admin_username': home.admin.username,
            'admin_password': home.admin.password,
            'admin_project_name': home.admin.project_name,
            'admin_domain_name': home.admin.project_domain_name,
        },
        'identity': {
            'auth_version': 'v3',
            'uri_v3': home.auth_url,
            'region': home.region_name,
            'v3_endpoint_type': 'public',
        },
        'identity-feature-enabled': {
            'application_credentials': 'true',
            'access_rules': 'true',
            'project_tags': 'true',
        },
        'enforce_scope': {'keystone': 'true', 'glance': 'true'},
        'service_available': {
            **dict.fromkeys(
                ('cinder', 'horizon', 'neutron', 'nova', 'swift'), 'false'
            ),
            **dict.fromkeys(('glance', 'keystone'), 'true'),
        },
    }


def of_lab(lab: plan.Lab) -> dict[str, dict[str, str]]:
    """Say in tempest.conf what a lab has with Glint in its first cloud."""
    home, second, third = lab.clouds[:3]
    found = of_cloud(home)
    found['service_available']['glint'] = 'true'
    return found | {
        'image_replication': {
            'region': home.region_name,
            'build_interval': '0.2',
            'build_timeout': '120',
            'min_microversion': '1.0',
            'max_microversion': 'latest',
        },
        'image_replication_second_cloud': _cloud(second),
        'image_replication_third_cloud': _cloud(third),
    }


def _cloud(cloud: plan.Cloud) -> dict[str, str]:
    user = cloud.member
    return {
        'auth_url': cloud.auth_url,
        'region_name': cloud.region_name,
        'username': user.username,
        'password': user.password,
        'user_domain_name': user.user_domain_name,
        'project_name': user.project_name,
        'project_domain_name': user.project_domain_name,
    }
