# SPDX-License-Identifier: Apache-2.0

"""Who may call what, as a table.

The unit tests try it with tokens of their own making, the integration tests
with those of a real Keystone.
"""

from typing import Any

#: The personas of the columns. All but the operator (admin), the stranger
#: and nobody, who has no token, are in the project of the member.
PERSONAS = (
    'admin',
    'manager',
    'member',
    'colleague',
    'reader',
    'service',
    'roleless',
    'stranger',
    'nobody',
)

#: For each call the status that each persona gets. What is called for is the
#: member's: a {site} with a {credential}, which is private, and one that is
#: {shared} in the project; a {replication}, its {copy}, and one that is
#: {finished}; a {rule} and its {execution}. {public} is a site that the
#: operator shares with everybody.
#: What follows # tells bodies apart.
_TABLE = """
GET    /v1/sites                          200 200 200 200 200 200 403 200 401
POST   /v1/sites                          201 201 201 201 403 201 403 201 401
POST   /v1/sites#shared                   201 403 403 403 403 403 403 403 401
GET    /v1/sites/{site}                   200 200 200 200 200 200 403 404 401
GET    /v1/sites/{public}                 200 200 200 200 200 200 403 200 401
PATCH  /v1/sites/{site}                   200 200 200 200 403 200 403 404 401
PATCH  /v1/sites/{public}                 200 403 403 403 403 403 403 403 401
DELETE /v1/sites/{site}?cascade=1         204 204 204 204 403 204 403 404 401
DELETE /v1/sites/{public}?cascade=1       204 403 403 403 403 403 403 403 401
GET    /v1/credentials                    200 200 200 200 200 200 403 200 401
POST   /v1/credentials                    400 201 201 201 403 201 403 400 401
POST   /v1/credentials#public             201 201 201 201 403 201 403 201 401
GET    /v1/credentials/{credential}       200 404 200 404 404 404 403 404 401
POST   {credentials}/{credential}/check   503 404 503 404 404 404 404 404 401
PATCH  /v1/credentials/{credential}       403 404 200 404 404 404 404 404 401
DELETE /v1/credentials/{credential}       204 404 204 404 404 404 404 404 401
GET    /v1/credentials/{shared}           200 200 200 200 200 200 403 404 401
POST   {credentials}/{shared}/check       503 503 503 503 403 503 403 404 401
PATCH  /v1/credentials/{shared}           403 403 200 403 403 403 403 404 401
DELETE /v1/credentials/{shared}           204 204 204 403 403 403 403 404 401
GET    /v1/images                         200 200 200 200 200 200 403 200 401
GET    /v1/replications                   200 200 200 200 200 200 403 200 401
POST   /v1/replications                   400 202 202 202 403 202 403 400 401
POST   /v1/replications#named             400 400 202 400 403 400 403 400 401
POST   /v1/replications#urgent            400 403 403 403 403 403 403 403 401
PATCH  /v1/replications/{replication}     200 403 403 403 403 403 403 404 401
GET    /v1/replications/{replication}     200 200 200 200 200 200 403 404 401
PUT    {replications}/{replication}/cancel 202 202 202 202 403 202 403 404 401
PUT    {replications}/{replication}/retry 202 202 202 202 403 202 403 404 401
DELETE /v1/replications/{finished}        204 204 204 204 403 204 403 404 401
GET    {copies}                           200 200 200 200 200 200 403 404 401
GET    {copies}/{copy}                    200 200 200 200 200 200 403 404 401
PUT    {copies}/{copy}/cancel             202 202 202 202 403 202 403 404 401
PUT    {copies}/{copy}/retry              202 202 202 202 403 202 403 404 401
GET    /v1/rules                          200 200 200 200 200 200 403 200 401
POST   /v1/rules                          400 201 201 201 403 201 403 400 401
POST   /v1/rules#removes                  400 201 403 403 403 403 403 403 401
GET    /v1/rules/{rule}                   200 200 200 200 200 200 403 404 401
PATCH  /v1/rules/{rule}                   200 200 200 200 403 200 403 404 401
PATCH  /v1/rules/{rule}#removes           200 200 403 403 403 403 403 404 401
PUT    {rules}/execute                    202 202 202 202 403 202 403 404 401
PUT    {rules}/takeover                   400 200 200 200 403 200 403 404 401
GET    {rules}/replicas                   200 200 200 200 200 200 403 404 401
GET    {rules}/executions                 200 200 200 200 200 200 403 404 401
GET    {executions}/{execution}          200 200 200 200 200 200 403 404 401
PUT    {executions}/{execution}/approve 409 409 403 403 403 403 403 404 401
PUT    {executions}/{execution}/cancel  202 202 202 202 403 202 403 404 401
DELETE /v1/rules/{rule}                   204 204 204 204 403 204 403 404 401
PATCH  /v1/sites/{site}#shared            200 403 403 403 403 403 403 404 401
GET    /v1/sites?all_projects=1           200 403 403 403 403 403 403 403 401
GET    /v1/replications?all_projects=1    200 403 403 403 403 403 403 403 401
GET    /v1/rules?all_projects=1           200 403 403 403 403 403 403 403 401
"""
_ROWS = [line.split() for line in _TABLE.strip().splitlines()]

_FOLDERS = {
    'credentials': '/v1/credentials',
    'replications': '/v1/replications',
    'copies': '/v1/replications/{replication}/copies',
    'rules': '/v1/rules/{rule}',
    'executions': '/v1/rules/{rule}/executions',
}

#: With which all calls are made: all addresses are there.
HEADERS = {'OpenStack-API-Version': 'image-replication latest'}

IMAGE_ID = '6a6b8b90-6b1e-4a7e-9a3f-2f0d6a3d7f11'


def calls() -> list[tuple[str, str]]:
    """List the method and the path of all rows."""
    return [(method, path) for method, path, *_statuses in _ROWS]


def expected(persona: str) -> dict[tuple[str, str], int]:
    """Return what a persona gets, in an order in which it can be tried.

    Deletions come last, that of a site after that of its credentials: they
    would change the other answers.
    """
    rows = [row for row in _ROWS if row[0] != 'DELETE']
    rows += [row for row in reversed(_ROWS) if row[0] == 'DELETE']
    column = 2 + PERSONAS.index(persona)
    return {(row[0], row[1]): int(row[column]) for row in rows}


def address(path: str, names: dict[str, str]) -> str:
    """Fill the names of things into the path of a row."""
    folders = {key: value.format(**names) for key, value in _FOLDERS.items()}
    return path.format(**names, **folders).partition('#')[0]


def route(method: str, path: str) -> str:
    """Say which route, or which operation of a policy, a row is about."""
    kinds = {
        'site': '{site_id}',
        'public': '{site_id}',
        'credential': '{credential_id}',
        'shared': '{credential_id}',
        'replication': '{replication_id}',
        'finished': '{replication_id}',
        'copy': '{copy_id}',
        'rule': '{rule_id}',
        'execution': '{execution_id}',
    }
    return f'{method} {address(path, kinds)}'.replace('?cascade=1', '')


def credential(site_id: str, name: str) -> dict[str, Any]:
    """Make the body that registers a credential, unchecked."""
    return {
        'site_id': site_id,
        'name': name,
        'auth_type': 'v3password',
        'auth': {
            'username': 'alice',
            'user_domain_name': 'Default',
            'password': 'canary-3f9a',
            'project_name': 'demo',
            'project_domain_name': 'Default',
        },
        'check': False,
    }


def replication(target_site_id: str) -> dict[str, Any]:
    """Make the body that asks for a replication from home."""
    return {'image_id': IMAGE_ID, 'target_site_ids': [target_site_id]}


def rule(target_site_id: str, name: str) -> dict[str, Any]:
    """Make the body of a rule by hand, from home."""
    return {
        'name': name,
        'target_site_ids': [target_site_id],
        'select': {'names': ['ubuntu-*']},
    }


def body(method: str, path: str, names: dict[str, str]) -> Any:
    """Return what is sent with a call, None if nothing is."""
    site = {'name': 'new', 'auth_url': 'https://new.example.org'}
    return {
        'POST /v1/sites': site,
        'POST /v1/sites#shared': {**site, 'name': 'all', 'shared': True},
        'PATCH /v1/sites/{site}': {'description': 'x'},
        'PATCH /v1/sites/{site}#shared': {'shared': True},
        'PATCH /v1/sites/{public}': {'description': 'x'},
        'POST /v1/credentials': credential(names['site'], 'new'),
        'POST /v1/credentials#public': credential(names['public'], 'new'),
        'PATCH /v1/credentials/{credential}': {'shared': False},
        'PATCH /v1/credentials/{shared}': {'shared': True},
        'POST /v1/replications': replication(names['target']),
        'POST /v1/replications#urgent': {
            **replication(names['target']),
            'priority': 'high',
        },
        'PATCH /v1/replications/{replication}': {'priority': 'low'},
        'POST /v1/rules': rule(names['target'], 'new'),
        'POST /v1/rules#removes': {
            **rule(names['target'], 'removes'),
            'on_removed': {'action': 'delete'},
        },
        'PATCH /v1/rules/{rule}': {'description': 'x'},
        'PATCH /v1/rules/{rule}#removes': {'on_removed': {'action': 'delete'}},
        'PUT {rules}/execute': {},
        'POST /v1/replications#named': {
            **replication(names['target']),
            'credential_ids': [names['private']],
        },
    }.get(f'{method} {path}')
