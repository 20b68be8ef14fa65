# SPDX-License-Identifier: Apache-2.0

"""What a credential authenticates with, from options and clouds.yaml."""

import argparse
from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import uuid

from osc_lib import exceptions
from osc_lib.cli import parseractions

from glintclient.i18n import _
from glintclient.osc.v1 import cloud
from glintclient.osc.v1 import secret

#: The secret of each type.
_SECRETS = {
    'v3applicationcredential': 'application_credential_secret',
    'v3password': 'password',
    'v3oidcclientcredentials': 'client_secret',
}
#: Keys by which a type is known.
_HINTS = {
    'application_credential_id': 'v3applicationcredential',
    'application_credential_name': 'v3applicationcredential',
    'client_id': 'v3oidcclientcredentials',
    'username': 'v3password',
    'user_id': 'v3password',
}
_OPTIONS = (
    'application_credential_id',
    'username',
    'user_domain_name',
    'project_name',
    'project_domain_name',
)
#: All options, as argparse names them.
_ALL = (
    *('from_cloud', 'make_application_credential', 'least_access'),
    *('auth_type', *_OPTIONS, 'auth', 'secret_file', 'secret_env'),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that tell what to authenticate with.

    :param parser: of a command that hands that to the service.
    """
    _add_cloud(parser)
    _add_auth(parser)
    secret.add_options(parser)


def is_given(parsed_args: argparse.Namespace) -> bool:
    """Tell whether one of these options is there."""
    return any(getattr(parsed_args, key) for key in _ALL)


@contextlib.contextmanager
def read(
    parsed_args: argparse.Namespace,
    credential_name: str,
    warn: Callable[[str], None],
) -> Iterator[tuple[str, dict[str, str]]]:
    """Find what to authenticate with, and take back what is not used.

    :param parsed_args: with the options above.
    :param credential_name: what an application credential that is made is
        called after.
    :param warn: is told what the user should know.
    :returns: the type, and what to authenticate with, the secret included.
    :raises CommandError: if the options do not tell, or contradict.
    """
    given = _given(parsed_args)
    if not parsed_args.from_cloud:
        if parsed_args.make_application_credential or parsed_args.least_access:
            raise exceptions.CommandError(
                _('Say at which cloud with --from-cloud.')
            )
        yield _asked(parsed_args, given)
        return
    if given or parsed_args.secret_file or parsed_args.secret_env:
        raise exceptions.CommandError(
            _('With --from-cloud, clouds.yaml tells all.')
        )
    source = cloud.Cloud(parsed_args.from_cloud)
    if not parsed_args.make_application_credential:
        if parsed_args.least_access:
            raise exceptions.CommandError(
                _(
                    'Only what is made can be limited: give '
                    '--make-application-credential as well.'
                )
            )
        if source.auth_type == 'v3password':
            warn(
                _(
                    'Your password is handed to Glint. With '
                    '--make-application-credential it stays with you.'
                )
            )
        yield source.auth_type, source.auth
        return
    # One cloud may be asked for several of the same name.
    name = f'glint-{credential_name}-{uuid.uuid4().hex[:8]}'
    with source.application_credential(name, parsed_args.least_access) as auth:
        yield 'v3applicationcredential', auth


def _add_cloud(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        '--from-cloud',
        metavar='<cloud>',
        help=_('Authenticate as this cloud of clouds.yaml does'),
    )
    parser.add_argument(
        '--make-application-credential',
        action='store_true',
        help=_(
            'Make an application credential for Glint at that cloud, so '
            'that no password leaves your machine; its name begins with '
            'glint-<name>'
        ),
    )
    parser.add_argument(
        '--least-access',
        action='store_true',
        help=_(
            'Let the application credential do what copying images needs, by '
            'access rules, and nothing else at that cloud'
        ),
    )


def _add_auth(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        '--auth-type',
        metavar='<type>',
        help=_('%s (default: what the other options tell)')
        % ', '.join(sorted(_SECRETS)),
    )
    for key in _OPTIONS:
        option = key.replace('_', '-')
        parser.add_argument(
            f'--{option}',
            metavar=f'<{option}>',
            help=_('The same of the auth section in clouds.yaml'),
        )
    parser.add_argument(
        '--auth',
        metavar='<key=value>',
        action=parseractions.KeyValueAction,
        help=_(
            'Another key of the auth section in clouds.yaml, but for '
            'secrets (repeat for several keys)'
        ),
    )


def _given(parsed_args: argparse.Namespace) -> dict[str, str]:
    """Collect what the options tell."""
    found = dict(parsed_args.auth or {})
    if secrets := found.keys() & set(_SECRETS.values()):
        raise exceptions.CommandError(
            _(
                'Others can read the command line, so %s does not belong '
                'there: leave it out and you are asked for it.'
            )
            % ', '.join(sorted(secrets))
        )
    for key in _OPTIONS:
        if value := getattr(parsed_args, key):
            found[key] = value
    return found


def _asked(
    parsed_args: argparse.Namespace, given: dict[str, str]
) -> tuple[str, dict[str, str]]:
    """Add the secret to what the options tell."""
    hints = (_HINTS[key] for key in _HINTS if key in given)
    auth_type = parsed_args.auth_type or next(hints, None)
    if auth_type not in _SECRETS:
        raise exceptions.CommandError(
            _(
                'Say what to authenticate with: --from-cloud, '
                '--application-credential-id, --username, or --auth-type '
                'with one of %s.'
            )
            % ', '.join(sorted(_SECRETS))
        )
    key = _SECRETS[auth_type]
    words = key.replace('_', ' ').capitalize()
    return auth_type, {**given, key: secret.read(parsed_args, f'{words}: ')}
