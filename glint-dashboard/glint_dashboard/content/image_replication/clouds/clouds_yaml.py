# SPDX-License-Identifier: Apache-2.0

"""A credential out of an uploaded clouds.yaml.

No message here repeats what the file has, but for names of clouds: the text
of an error of YAML would show the line, and so perhaps a secret.
"""

from typing import Any
from urllib import parse

from django.utils.translation import gettext as _
from django.views.decorators import debug
import yaml

from glint_dashboard import exception

#: Many times what any file of this kind has.
MOST_BYTES = 65536
_TYPES = {
    'password': 'v3password',
    'v3password': 'v3password',
    'v3applicationcredential': 'v3applicationcredential',
    'v3oidcclientcredentials': 'v3oidcclientcredentials',
}
#: Keys that are for clients alone, or that the site has.
_NOT_SENT = ('auth_url', 'default_domain', 'system_scope')
_PROJECT = ('project_name', 'project_id')
#: What each type needs: at least one key of each group.
_NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    'v3applicationcredential': (
        ('application_credential_id', 'application_credential_name'),
        ('application_credential_secret',),
    ),
    'v3password': (('username', 'user_id'), ('password',), _PROJECT),
    'v3oidcclientcredentials': (
        ('identity_provider',),
        ('protocol',),
        ('discovery_endpoint', 'access_token_endpoint'),
        ('client_id',),
        ('client_secret',),
        _PROJECT,
    ),
}
#: What a name needs beside it.
_DOMAINS = {
    'username': ('user_domain_name', 'user_domain_id'),
    'project_name': ('project_domain_name', 'project_domain_id'),
}


@debug.sensitive_variables()
def credential(
    content: bytes, name: str, auth_url: str
) -> tuple[str, dict[str, str]]:
    """Find what a cloud of the file authenticates with.

    :param content: of the file.
    :param name: of the cloud in the file; empty, if it has only one.
    :param auth_url: of the site that the credential is for.
    :returns: the type and the keys of the API.
    :raises InputError: when it is not in the file.
    """
    name, cloud = _cloud(_clouds(content), name)
    auth = cloud.get('auth')
    if not isinstance(auth, dict):
        raise exception.InputError(
            _('The cloud %s has no section auth in the file.') % name
        )
    _require_same_host(name, str(auth.get('auth_url') or ''), auth_url)
    auth_type = _auth_type(name, cloud, auth)
    return auth_type, _complete(name, auth_type, auth)


@debug.sensitive_variables()
def _clouds(content: bytes) -> dict[str, Any]:
    try:
        events = yaml.parse(content)
        # A few aliases of aliases are enough to fill the memory.
        if any(isinstance(event, yaml.AliasEvent) for event in events):
            raise exception.InputError(
                _(
                    'The file uses aliases of YAML (*), which are not read '
                    'here. Write out what they stand for.'
                )
            )
        document = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, 'problem_mark', None)
        raise exception.InputError(
            _('The file is not YAML; see line %d.') % (mark.line + 1)
            if mark
            else _('The file is not YAML.')
        ) from None
    clouds = document.get('clouds') if isinstance(document, dict) else None
    if not isinstance(clouds, dict) or not clouds:
        raise exception.InputError(
            _('The file has no section clouds, so it is no clouds.yaml.')
        )
    return {str(name): cloud for name, cloud in clouds.items()}


@debug.sensitive_variables()
def _cloud(clouds: dict[str, Any], name: str) -> tuple[str, dict[str, Any]]:
    """Choose a cloud: the one that is named, or the only one."""
    words = {'name': name, 'all': ', '.join(sorted(clouds))}
    if not name and len(clouds) > 1:
        raise exception.InputError(
            _(
                'The file has several clouds: %(all)s. Fill in which one to '
                'take, and choose the file again.'
            )
            % words
        )
    name = name or next(iter(clouds))
    if name not in clouds:
        raise exception.InputError(
            _('The file has no cloud %(name)s, but %(all)s.') % words
        )
    cloud = clouds[name]
    return name, cloud if isinstance(cloud, dict) else {}


@debug.sensitive_variables()
def _require_same_host(name: str, found: str, wanted: str) -> None:
    """Let no secret go to another cloud than it is for."""
    host = _host(found)
    if host and host != _host(wanted):
        raise exception.InputError(
            _(
                'The Keystone of %(name)s in the file is at %(found)s, and '
                'that of the cloud that you have chosen at %(wanted)s. '
                'Choose the other cloud, or fill in the values by hand.'
            )
            % {'name': name, 'found': host, 'wanted': _host(wanted)}
        )


def _host(url: str) -> str:
    try:
        return parse.urlsplit(url).hostname or ''
    except ValueError:
        return ''


@debug.sensitive_variables()
def _auth_type(name: str, cloud: dict[str, Any], auth: dict[str, Any]) -> str:
    default = 'password'
    if auth.get('application_credential_secret'):
        default = 'v3applicationcredential'
    found = str(cloud.get('auth_type') or default)
    if found not in _TYPES:
        raise exception.InputError(
            _(
                'The cloud %(name)s authenticates by %(type)s, which cannot '
                'be handed on. Make an application credential there, and '
                'fill in its ID and secret.'
            )
            % {'name': name, 'type': found}
        )
    return _TYPES[found]


@debug.sensitive_variables()
def _complete(
    name: str, auth_type: str, auth: dict[str, Any]
) -> dict[str, str]:
    """Take what the API wants, and say what is missing."""
    found = {
        str(key): str(value)
        for key, value in auth.items()
        if value and key not in _NOT_SENT
    }
    needed = list(_NEEDED[auth_type])
    for key, domain in _DOMAINS.items():
        if key in found:
            if auth.get('default_domain') and not found.keys() & set(domain):
                found[domain[1]] = str(auth['default_domain'])
            needed.append(domain)
    missing = [keys[0] for keys in needed if not found.keys() & set(keys)]
    if missing:
        raise exception.InputError(
            _(
                'The cloud %(name)s lacks in its section auth: %(keys)s. '
                'What is in a secure.yaml beside the file has to be put into '
                'it first.'
            )
            % {'name': name, 'keys': ', '.join(missing)}
        )
    return found
