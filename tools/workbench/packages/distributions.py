# SPDX-License-Identifier: Apache-2.0

"""The distributions of this tree, and what each of them must do."""

from collections.abc import Sequence
import dataclasses
import pathlib

from workbench import checkout

#: What the service makes of its own configuration, as its user would.
_GLINT = """\
set -e
cat >glint.conf <<END
[DEFAULT]
state_path = $PWD
[database]
connection = sqlite:///$PWD/glint.db
[secrets]
key_repository = $PWD/keys
[home]
auth_url = http://keystone.example.org:5000/v3
END
glint-manage --config-file glint.conf db sync
glint-manage --config-file glint.conf credential setup
test "$(glint-manage --config-file glint.conf db version)"
oslo-config-generator --config-file "$TREE/etc/glint/\
glint-config-generator.conf" --output-file glint.conf.sample
grep -q '^#key_repository = ' glint.conf.sample
grep -q '^#memcached_servers = ' glint.conf.sample
oslopolicy-sample-generator --config-file "$TREE/etc/glint/\
glint-policy-generator.conf" --output-file policy.yaml.sample
grep -q '^#"image-replication:replication:create": ' policy.yaml.sample
"""

_CLIENT = """\
set -e
openstack image replicate --help >help
grep -q -- '--to' help
openstack image replication site create --help >help
grep -q -- '--auth-url' help
python -c 'from glintclient import image_replication_service'
"""

_DASHBOARD = """\
set -e
export DJANGO_SETTINGS_MODULE=openstack_dashboard.settings
places=$(python -c 'import importlib.util as u
print(*(u.find_spec(n).submodule_search_locations[0]
        for n in ("glint_dashboard", "openstack_dashboard")))')
set -- $places
cp "$1"/enabled/_[0-9]*.py "$2"/local/enabled/
cp "$1"/local_settings.d/_[0-9]*.py "$2"/local/local_settings.d/
python -c 'import django
django.setup()
from django import urls
print(urls.reverse("horizon:project:image_replication:index"))' >path
grep -qx '/project/image_replication/' path
"""

_TEMPEST = """\
set -e
tempest list-plugins >plugins
grep -q glint plugins
tempest init workspace
cd workspace
tempest run --list-tests --regex '^glint_tempest_plugin' >../tests
grep -q '^glint_tempest_plugin' ../tests
"""


@dataclasses.dataclass(frozen=True)
class Distribution:
    """One of them.

    :ivar folder: its root, from that of the checkout.
    :ivar package: the Python package in it.
    :ivar entry_points: groups of those that it must have.
    :ivar script: a shell script that uses what was installed.
    :ivar unwanted: what must not come along with it.
    """

    name: str
    folder: str
    package: str
    entry_points: Sequence[str]
    script: str
    unwanted: Sequence[str] = ()

    @property
    def path(self) -> pathlib.Path:
        return checkout.ROOT / self.folder


_SERVER = ('SQLAlchemy', 'oslo.messaging', 'oslo.service', 'pecan')

_KNOWN = (
    Distribution(
        'openstack-glint',
        '.',
        'glint',
        (
            'console_scripts',
            'oslo.config.opts',
            'oslo.middleware.healthcheck',
            'oslo.policy.enforcer',
            'oslo.policy.policies',
        ),
        _GLINT,
        ('python-openstackclient', 'tempest'),
    ),
    Distribution(
        'python-glintclient',
        'python-glintclient',
        'glintclient',
        ('openstack.cli.extension', 'openstack.image_replication.v1'),
        _CLIENT,
        ('openstack-glint', *_SERVER),
    ),
    Distribution(
        'glint-dashboard',
        'glint-dashboard',
        'glint_dashboard',
        (),
        _DASHBOARD,
        ('openstack-glint', 'pecan'),
    ),
    Distribution(
        'glint-tempest-plugin',
        'glint-tempest-plugin',
        'glint_tempest_plugin',
        ('tempest.test_plugins',),
        _TEMPEST,
        ('openstack-glint', 'python-glintclient', 'pecan'),
    ),
)

#: Those whose folder is there.
ALL = tuple(item for item in _KNOWN if (item.path / 'setup.cfg').exists())
