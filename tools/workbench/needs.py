# SPDX-License-Identifier: Apache-2.0

"""What checks and tests need of the operating system."""

import pathlib

from cloudlab import packages
from cloudlab import services

_MODULES = pathlib.Path('/usr/lib/apache2/modules')
_CHROMIUM = pathlib.Path('/usr/bin/chromium')
_PYTHON = pathlib.Path('/usr/bin/python3')
_SYSTEMD = pathlib.Path('/lib/systemd/systemd')

_APACHE = packages.of_program('apache2')
_CURL = packages.of_program('curl')
_GIT = packages.of_program('git')
_OPENSSL = packages.of_program('openssl')
_UNSHARE = packages.of_program('unshare', 'util-linux')
#: A test logs in through it at a Keystone.
_OPENIDC = packages.Need(
    'mod_auth_openidc',
    ('apache2', 'libapache2-mod-auth-openidc'),
    (_MODULES / 'mod_auth_openidc.so').exists,
)
#: It lets a process see another time; the folder depends on the machine.
_FAKETIME = packages.Need(
    'faketime',
    ('faketime',),
    lambda: [*pathlib.Path('/usr/lib').glob('*/faketime/libfaketimeMT.so.1')],
)
#: Of the operating system, which is what the installation guide uses.
_VENV = packages.Need('python3 -m venv', ('python3-venv',), _PYTHON.exists)

DATABASES = ('mariadb', 'postgresql')
#: The services that tests of real processes want.
SERVICES = ('rabbitmq', *DATABASES, services.BARBICAN)
#: Those of a Glint that is deployed as operators do it.
DEPLOYED = ('rabbitmq', 'mariadb', 'memcached', services.BARBICAN)
#: Those of the checks that have a lab with one cloud.
CHECKED = ('mariadb', 'memcached', 'rabbitmq')

DATABASE = tuple(services.needs(DATABASES))
INTEGRATION = (*services.needs(SERVICES), _OPENIDC, _FAKETIME)
CLIENT = (_CURL, packages.of_program('jq'))
GATE = tuple(services.needs(DEPLOYED))
BROWSER = (
    # Playwright brings a node that needs libatomic.
    packages.Need(
        'chromium',
        ('chromium', 'fonts-dejavu-core', 'libatomic1'),
        _CHROMIUM.exists,
    ),
)
PACKAGES_CHECK = (_GIT,)
DEVSTACK_CHECK = (*services.needs(CHECKED), _APACHE, _CURL, _OPENSSL)
INSTALL_CHECK = (
    *services.needs(CHECKED),
    _APACHE,
    _CURL,
    packages.Need('systemd', ('systemd',), _SYSTEMD.exists),
    _UNSHARE,
    _VENV,
)
FRESH_CHECK = (packages.of_program('debootstrap'), _GIT, _UNSHARE)
BENCH = (_CURL,)
