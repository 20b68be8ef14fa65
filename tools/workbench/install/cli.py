# SPDX-License-Identifier: Apache-2.0

"""The command tools/install-check."""

import os
import shlex
import shutil
import subprocess

from cloudlab import accounts
from cloudlab import command
from cloudlab import exception
from cloudlab import lab as cloudlab
from cloudlab import packages
from cloudlab import plan
from cloudlab import private_file
from cloudlab import program
from cloudlab import web
from workbench import checkout
from workbench import horizon
from workbench import needs
from workbench import testlab
from workbench.devstack import cli as devstack
from workbench.devstack import environment
from workbench.install import guide

ROOT = checkout.ROOT / '.run-tests'
_FILES = ROOT / 'install'
_LAB = _FILES / 'lab'
#: Where the machine has it. A socket is reached in a bound folder only, not
#: through the overlay that the rest of the file system is.
_LAB_INSIDE = '/run/shared/lab'
_MACHINE = checkout.TOOLS / 'install' / 'machine'
_TYPIST = f'{checkout.TOOLS}/install/typist GLINT_PASSWORD'
_DOC = checkout.ROOT / 'doc' / 'source'
_TIMEOUT_SECONDS = 1500


def _table(lab: plan.Lab) -> dict[str, str]:
    """Return what stands in the guide, and what is run instead."""
    ports = {name: lab.services[name].ports[name] for name in needs.CHECKED}
    return {
        # Servers at their usual ports would be in the way of others.
        'controller:5000': f'controller:{lab.clouds[0].keystone_port}',
        'controller:5672': f'controller:{ports["rabbitmq"]}',
        'controller:9494': f'controller:{lab.glint.port}',
        'controller:11211': f'controller:{ports["memcached"]}',
        '@controller/glint': f'@controller:{ports["mariadb"]}/glint',
        '0.0.0.0:9494': f'127.0.0.1:{lab.glint.port}',
        # There may be no index that has it.
        'install glint-dashboard': 'install ./glint-dashboard',
        # The clouds are at the address of the host itself.
        'allow = 10.0.0.0/24': 'allow = 127.0.0.1/32',
    }


def _replace(text: str, table: dict[str, str]) -> str:
    for old, new in table.items():
        text = text.replace(old, new)
    return text


def _script(lab: plan.Lab) -> str:
    """Make one script of all that the guide says."""
    table = _table(lab)
    lines = [_prelude(lab, table)]
    steps = guide.read(_DOC / 'install' / 'index.rst')
    steps += guide.read(_DOC / 'admin' / 'quotas.rst', 'In Keystone')
    steps += guide.read(_DOC / 'install' / 'dashboard.rst')
    user = _user(lab)
    for step in steps:
        if isinstance(step, guide.File):
            text = _replace(step.text, table)
            lines.append(
                f'echo "> {step.path}"\n'
                f'printf %s {shlex.quote(text)} >{shlex.quote(step.path)}'
            )
            continue
        text = _replace(step.text, table)
        prompt = '#' if step.root else '$'
        lines.append(f'echo {shlex.quote(f"{prompt} {text}")}')
        if '--password-prompt' in text:
            text = f'{_TYPIST} {text}'
        lines.append(text if step.root else f'({user}\n{text}\n)')
    lines.append(_AFTER)
    return '\n'.join(lines) + '\n'


def _prelude(lab: plan.Lab, table: dict[str, str]) -> str:
    """What is there before: a host with servers, and no Glint."""
    pip = '\n'.join(
        f'export {name}={shlex.quote(value)}'
        for name, value in os.environ.items()
        if name.startswith('PIP_')
    )
    edit = ';'.join(f's|{old}|{new}|g' for old, new in table.items())
    return _PRELUDE.format(
        pip=pip,
        edit=shlex.quote(edit),
        tree=shlex.quote(str(checkout.ROOT)),
        version=checkout.pbr_environment(checkout.ROOT)['PBR_VERSION'],
        lab=_LAB_INSIDE,
        epmd=lab.services['rabbitmq'].ports['rabbitmq-epmd'],
        horizon=shlex.quote(str(devstack.VENV)),
        port=lab.base_port + horizon.PORT_OFFSET,
    )


def _user(lab: plan.Lab) -> str:
    """The environment of a user with admin credentials."""
    cloud = lab.clouds[0]
    variables = {
        'PATH': f'{devstack.VENV}/bin:{os.defpath}',
        'OS_AUTH_URL': cloud.auth_url,
        'OS_USERNAME': cloud.admin.username,
        'OS_PASSWORD': cloud.admin.password,
        'OS_PROJECT_NAME': cloud.admin.project_name,
        'OS_USER_DOMAIN_NAME': cloud.admin.user_domain_name,
        'OS_PROJECT_DOMAIN_NAME': cloud.admin.project_domain_name,
        'OS_IDENTITY_API_VERSION': '3',
        'OS_REGION_NAME': cloud.region_name,
    }
    return '\n'.join(
        f'export {name}={shlex.quote(value)}'
        for name, value in variables.items()
    )


_PRELUDE = """\
set -o errexit -o pipefail
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 no_proxy='*'
export PBR_VERSION={version}
{pip}
echo '127.0.0.1 controller' >>/etc/hosts
cd {tree}
# In this machine only.
sed -i {edit} etc/glint/*.ini
# The servers are those of a lab.
function mysql {{
    command mysql --socket={lab}/mariadb/data/server.sock "$@"
}}
function rabbitmqctl {{
    HOME={lab}/rabbitmq ERL_EPMD_PORT={epmd} \\
        /usr/lib/rabbitmq/bin/rabbitmqctl -n glint-lab@localhost "$@"
}}
mysql --execute "DROP DATABASE glint; DROP USER glint@'127.0.0.1'"
rabbitmqctl delete_user glint
horizon={horizon}
cp --archive "$horizon" /opt/horizon
find /opt/horizon/bin -type f \\
    -exec sed -i "1s|^#!$horizon/|#!/opt/horizon/|" {{}} +
local=$(echo /opt/horizon/lib/python3*/site-packages/openstack_dashboard/local)
cat >"$local/local_settings.py" <<END
SECRET_KEY = 'of this machine'
COMPRESS_OFFLINE = True
END
echo 'Listen 127.0.0.1:{port}' >/etc/apache2/ports.conf
rm --force /etc/apache2/sites-enabled/*
"""

_AFTER = """\
echo
for name in glint-api glint-conductor; do
    test "$(systemctl show --property=User --value $name)" = glint
done
systemctl is-active apache2
/opt/horizon/bin/python <<END
import django
from django import urls

django.setup()
print(urls.reverse('horizon:project:image_replication:index'))
print(urls.reverse('horizon:admin:image_replication:index'))
END
ls static/dashboard/manifest.json static/dashboard/image_replication/live.js
echo 'All of it was run.'
"""


def _run() -> None:
    if os.geteuid():
        raise exception.LabError(
            'The guide changes a whole machine, for which one is made by '
            '"unshare": that needs root.'
        )
    packages.require(needs.INSTALL_CHECK)
    environment.install(devstack.VENV)
    environment.remove_glint(devstack.VENV)
    _clean()
    _FILES.mkdir(mode=0o700)
    _LAB.mkdir()
    try:
        lab = testlab.start(_LAB, ROOT, [*needs.CHECKED], clouds=1)
        accounts.forget_glint(lab.clouds[0])
        private_file.write(_FILES / 'script', _script(lab))
        _boot()
        _look(lab)
    finally:
        _clean()


def _boot() -> None:
    """Run the script in a machine, and show what it writes."""
    output = _FILES / 'output'
    code = subprocess.run(
        [_MACHINE, _FILES],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    ).returncode
    text = output.read_text(errors='replace') if output.exists() else ''
    if code:
        raise exception.LabError(
            f'The guide ended with {code}:\n{command.tail(text, 40)}'
        )
    program.say(text)


def _look(lab: plan.Lab) -> None:
    """See that all limits are registered that the quotas need."""
    cloud = lab.clouds[0]
    token = accounts.Admin(cloud).token
    found = {
        limit['resource_name']
        for limit in web.call(
            'GET', f'{cloud.auth_url}/registered_limits', token
        )[1]['registered_limits']
    }
    wanted = {'active_replications', 'credentials', 'rules', 'sites'}
    if found != wanted:
        raise exception.LabError(f'These limits are registered: {found}.')


def _clean() -> None:
    if _LAB.exists():
        cloudlab.clean(_LAB)
    shutil.rmtree(_FILES, ignore_errors=True)


def main() -> int:
    """Run the command.

    :returns: the exit code.
    """
    return program.run('tools/install-check', _run)
