# SPDX-License-Identifier: Apache-2.0

"""glint-manage: the operator's commands."""

import argparse
from datetime import timedelta
import grp
import pwd
import sys
from typing import Any

from oslo_config import cfg

from glint import conf
from glint import context
from glint import exception
from glint import home
from glint import service
from glint.cmd import keys
from glint.cmd import locked
from glint.cmd import operate
from glint.db import engine
from glint.db import image_listing
from glint.db import migration
from glint.db import purge
from glint.db import site
from glint.db.queue import stuck
from glint.db.rule import purge as rule_purge

#: A century, which no replication is older than.
_MAX_DAYS = 36500
#: Of seconds and of rows; more than anybody can mean.
_MAX_NUMBER = 10**9


def db_sync() -> str:
    """Bring the schema to the newest version and register the home site."""
    columns = home.columns()
    migration.sync()
    site.ensure_home(context.for_service(), **columns)
    return 'The database is at version %s.' % migration.version()


def db_version() -> str:
    """Say which version the schema has."""
    return migration.version() or 'none: run "glint-manage db sync"'


def db_purge() -> str:
    """Remove what ended long ago, and listings that nobody reads."""
    age = timedelta(days=conf.CONF.command.age_in_days)
    purged = [
        remove(context.for_service(), age)
        for remove in (purge.purge, rule_purge.purge, image_listing.purge)
    ]
    told = (
        '%d replications, %d executions of rules and %d listings of images '
        'removed.' % tuple(one.removed for one in purged)
    )
    locked.refuse(told, sum(one.locked for one in purged))
    return told


def credential_setup() -> str:
    """Make the key repository."""
    command = conf.CONF.command
    return keys.setup(command.user, command.group)


def _add_db(commands: Any) -> None:
    group = commands.add_parser('db', help='The database.')
    actions = group.add_subparsers(dest='action', required=True)
    sync = actions.add_parser('sync', help=db_sync.__doc__)
    sync.set_defaults(run=db_sync)
    version = actions.add_parser('version', help=db_version.__doc__)
    version.set_defaults(run=db_version)
    purge_ = actions.add_parser('purge', help=db_purge.__doc__)
    purge_.add_argument(
        '--age-in-days',
        type=_days,
        required=True,
        metavar='N',
        help='How many days ago they must have finished at least.',
    )
    purge_.set_defaults(run=db_purge)


def _days(text: str) -> int:
    if not text.isdecimal() or int(text) > _MAX_DAYS:
        raise argparse.ArgumentTypeError(
            'it must be a number from 0 to %d.' % _MAX_DAYS
        )
    return int(text)


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) > _MAX_NUMBER:
        raise argparse.ArgumentTypeError(
            'it must be a number from 0 to %d.' % _MAX_NUMBER
        )
    return int(text)


def _uid(name: str) -> int:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        reason = 'there is no user %s.' % name
        raise argparse.ArgumentTypeError(reason) from None


def _gid(name: str) -> int:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        reason = 'there is no group %s.' % name
        raise argparse.ArgumentTypeError(reason) from None


def _add_credential(commands: Any) -> None:
    group = commands.add_parser(
        'credential', help='How the secrets of credentials are kept.'
    )
    actions = group.add_subparsers(dest='action', required=True)
    setup = actions.add_parser('setup', help=credential_setup.__doc__)
    setup.add_argument(
        '--user',
        type=_uid,
        default=-1,
        help='The user who is to own the keys.',
    )
    setup.add_argument(
        '--group',
        type=_gid,
        default=-1,
        help='The group that is to own the keys.',
    )
    setup.set_defaults(run=credential_setup)
    rotate = actions.add_parser('rotate', help=keys.rotate.__doc__)
    rotate.set_defaults(run=keys.rotate)
    migrate = actions.add_parser('migrate', help=keys.migrate.__doc__)
    migrate.set_defaults(run=keys.migrate)


def _add_conductor(commands: Any) -> None:
    group = commands.add_parser('conductor', help='The conductors.')
    actions = group.add_subparsers(dest='action', required=True)
    list_ = actions.add_parser('list', help=operate.list_conductors.__doc__)
    _add_json(list_)
    list_.set_defaults(run=operate.list_conductors)
    evacuate = actions.add_parser('evacuate', help=operate.evacuate.__doc__)
    evacuate.add_argument('host', metavar='NAME', help='Its name.')
    evacuate.set_defaults(run=operate.evacuate)


def _add_service(commands: Any) -> None:
    group = commands.add_parser('service', help='The processes that run.')
    actions = group.add_subparsers(dest='action', required=True)
    list_ = actions.add_parser('list', help=operate.list_services.__doc__)
    _add_json(list_)
    list_.set_defaults(run=operate.list_services)


def _add_copy(commands: Any) -> None:
    group = commands.add_parser('copy', help='The copies of images.')
    actions = group.add_subparsers(dest='action', required=True)
    stuck_ = actions.add_parser('stuck', help=operate.list_stuck.__doc__)
    stuck_.add_argument(
        '--reason',
        action='append',
        choices=stuck.REASONS,
        help='Only those that are stuck for this reason; may be repeated.',
    )
    stuck_.add_argument(
        '--older-than',
        type=_number,
        default=300,
        metavar='SECONDS',
        help=(
            'For how long a copy must have waited for a conductor, or have '
            'been stopping, to be listed: 300 by default.'
        ),
    )
    stuck_.add_argument(
        '--limit',
        type=_number,
        default=1000,
        metavar='N',
        help='The most to list for each reason: 1000 by default.',
    )
    _add_json(stuck_)
    stuck_.set_defaults(run=operate.list_stuck)


def _add_json(parser: Any) -> None:
    parser.add_argument(
        '--json', action='store_true', help='Print JSON for programs.'
    )


def _add_commands(commands: Any) -> None:
    _add_db(commands)
    _add_credential(commands)
    _add_conductor(commands)
    _add_copy(commands)
    _add_service(commands)


def main() -> int:
    """Run one command.

    :returns: the exit code: 1 if the command failed, with the reason on
        standard error.
    """
    conf.CONF.register_cli_opt(
        cfg.SubCommandOpt(
            'command',
            title='Commands',
            help='What to do.',
            handler=_add_commands,
        )
    )
    service.prepare(sys.argv[1:], prog='glint-manage', log_to_stderr=True)
    try:
        print(conf.CONF.command.run())
    except engine.Busy as e:
        print(
            'glint-manage: In the database, %s. Look for it with the tools of '
            'the database, then run the command again.' % e,
            file=sys.stderr,
        )
    except engine.UNAVAILABLE as e:
        # What follows the first line is SQL.
        reason = str(e).partition('\n')[0]
        print(
            'glint-manage: The database cannot be used: %s. Check the option '
            'connection in the group [database]; "glint-manage db sync" '
            'makes the tables.' % reason,
            file=sys.stderr,
        )
    except exception.GlintException as e:
        print('glint-manage: %s' % e.for_operators, file=sys.stderr)
    except (OSError, ValueError) as e:
        print('glint-manage: %s' % e, file=sys.stderr)
    else:
        return 0
    return 1
