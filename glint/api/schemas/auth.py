# SPDX-License-Identifier: Apache-2.0

"""Schemas of what users authenticate with, per type.

The types and their keys are those of keystoneauth.
"""

from glint.api.schemas import types

_VALUE: types.Schema = {'type': 'string', 'minLength': 1, 'maxLength': 255}
#: A client secret may be a signed token.
_SECRET: types.Schema = {'type': 'string', 'minLength': 1, 'maxLength': 8192}
_URL: types.Schema = {
    'type': 'string',
    'maxLength': 1000,
    'format': 'auth-url',
}

_DOMAIN = ('user_domain_id', 'user_domain_name')
_PROJECT = (
    'project_id',
    'project_name',
    'project_domain_id',
    'project_domain_name',
)


def _one_of(*ways: tuple[str, ...]) -> types.Schema:
    """Demand all keys of at least one way."""
    return {'anyOf': [{'required': list(way)} for way in ways]}


_A_USER = _one_of(('user_id',), *(('username', domain) for domain in _DOMAIN))
_A_PROJECT = _one_of(
    ('project_id',),
    ('project_name', 'project_domain_id'),
    ('project_name', 'project_domain_name'),
)

_APPLICATION_CREDENTIAL = {
    **types.struct(
        {
            'application_credential_id': _VALUE,
            'application_credential_name': _VALUE,
            'application_credential_secret': _SECRET,
            **dict.fromkeys(('user_id', 'username', *_DOMAIN), _VALUE),
        },
        'application_credential_secret',
    ),
    **_one_of(
        ('application_credential_id',),
        ('application_credential_name', 'user_id'),
        *(
            ('application_credential_name', 'username', domain)
            for domain in _DOMAIN
        ),
    ),
}

_PASSWORD = {
    **types.struct(
        {
            'password': _SECRET,
            **dict.fromkeys(
                ('user_id', 'username', *_DOMAIN, *_PROJECT), _VALUE
            ),
        },
        'password',
    ),
    'allOf': [_A_USER, _A_PROJECT],
}

_OIDC_CLIENT_CREDENTIALS = {
    **types.struct(
        {
            'client_id': _VALUE,
            'client_secret': _SECRET,
            'identity_provider': _VALUE,
            'protocol': _VALUE,
            'discovery_endpoint': _URL,
            'access_token_endpoint': _URL,
            'scope': _VALUE,
            **dict.fromkeys(_PROJECT, _VALUE),
        },
        'client_id',
        'client_secret',
        'identity_provider',
        'protocol',
    ),
    'allOf': [
        _one_of(('discovery_endpoint',), ('access_token_endpoint',)),
        _A_PROJECT,
    ],
}

TYPES: dict[str, types.Schema] = {
    'v3applicationcredential': _APPLICATION_CREDENTIAL,
    'v3password': _PASSWORD,
    'v3oidcclientcredentials': _OIDC_CLIENT_CREDENTIALS,
}
