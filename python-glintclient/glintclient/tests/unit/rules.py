# SPDX-License-Identifier: Apache-2.0

"""What a service that knows rules answers."""

from typing import Any

from requests_mock.contrib import fixture

from glintclient.tests.unit import base

NORTH, HOME = base.sample('site-index-response')['sites']
RULE_ID = '0b9e2d64-5f1c-4a7b-8e3d-6c2f9a1b4d70'
EXECUTION_ID = '7c1f4b8e-2d6a-4e93-b5f0-8a3d1c9e6b24'
IMAGE_ID = '6a6b8b90-6b1e-4a7e-9a3f-2f0d6a3d7f11'

RULE: dict[str, Any] = {
    'id': RULE_ID,
    'name': 'ubuntu-everywhere',
    'description': None,
    'enabled': True,
    'priority': 'normal',
    'source_site_id': HOME['id'],
    'target_site_ids': [NORTH['id']],
    'credential_ids': [],
    'select': {
        'names': ['ubuntu-24.04-*', '!*-daily*'],
        'tags': {'all': ['blessed'], 'any': [], 'none': ['test']},
        'properties': {'os_distro': ['ubuntu']},
        'newest': {'count': 3, 'family': ['os_distro', 'os_version']},
    },
    'trigger': {
        'every': 21600,
        'cron': None,
        'timezone': 'UTC',
        'events': False,
    },
    'options': {
        'visibility': None,
        'preserve_id': True,
        'properties': {'set': {}, 'remove': []},
        'members': False,
        'on_conflict': 'fail',
    },
    'follow': ['name', 'tags', 'properties'],
    'on_drift': 'restore',
    'on_missing': 'restore',
    'on_removed': {
        'action': 'keep',
        'deselected': 'keep',
        'grace': 604800,
        'max_count': 10,
        'max_percent': 20,
    },
    'publish': 'each',
    'max_active': 20,
    'state': 'ok',
    'state_detail': None,
    'next_execution_at': '2026-10-07T15:30:43.000000Z',
    'last_execution': None,
    'replicas_summary': {'total': 2, 'in_sync': 1, 'drifted': 1},
    'generation': 3,
    'user_id': '8f2e4c7a9b3d4e5f8a1b2c3d4e5f6a7b',
    'project_id': '3c1d5e7f9a2b4c6d8e0f1a2b3c4d5e6f',
    'created_at': '2026-10-07T09:30:43.990412Z',
    'updated_at': None,
}
EXECUTION: dict[str, Any] = {
    'id': EXECUTION_ID,
    'rule_id': RULE_ID,
    'trigger': 'manual',
    'dry_run': False,
    'generation': 3,
    'state': 'completed',
    'complete': True,
    'counts': {'copy': 1, 'amend': 1},
    'bytes': 377487360,
    'warnings': [],
    'error': None,
    'created_at': '2026-10-07T09:30:43.990412Z',
    'started_at': '2026-10-07T09:30:44.074883Z',
    'finished_at': '2026-10-07T09:31:02.000000Z',
}
COPIED: dict[str, Any] = {
    'source_image_id': IMAGE_ID,
    'name': 'ubuntu-24.04-1',
    'target_site_id': NORTH['id'],
    'target_image_id': None,
    'action': 'copy',
    'changes': {},
    'bytes': 377487360,
    'reason': None,
    'replication_id': '2c02e8dc-07fb-4f44-82e6-9acfeaff508c',
    'state': 'done',
}
AMENDED = COPIED | {
    'name': 'ubuntu-24.04-0',
    'target_image_id': IMAGE_ID,
    'action': 'amend',
    'changes': {'os_version': ['24.04', '24.04.1'], 'os_hash': [None, 'x']},
    'bytes': 0,
    'replication_id': None,
}
REPLICA: dict[str, Any] = {
    'id': '5e0d7a3c-9b41-4f86-a2c8-1d6f3b7e9054',
    'source_image_id': IMAGE_ID,
    'name': 'ubuntu-24.04-1',
    'target_site_id': NORTH['id'],
    'target_image_id': IMAGE_ID,
    'state': 'drifted',
    'adopted': False,
    'drift': {'os_version': ['24.04', '22.04']},
    'error': None,
    'replication_id': '2c02e8dc-07fb-4f44-82e6-9acfeaff508c',
    'next_try_at': None,
    'verified_at': None,
    'created_at': '2026-10-07T09:30:43.990412Z',
    'updated_at': None,
}
RULES = f'{base.V1}/rules'
ONE = f'{RULES}/{RULE_ID}'
EXECUTIONS = f'{ONE}/executions'


def serve(server: fixture.Fixture) -> None:
    """Answer as a service that knows the version of the API with rules."""
    for url, name in (
        (base.URL, 'version-index-response'),
        (f'{base.V1}/', 'version-show-response'),
    ):
        found = base.sample(name)
        for version in found.get('versions') or [found['version']]:
            version['version'] = '1.1'
        server.get(url, json=found)
    server.get(f'{base.V1}/sites', json={'sites': [NORTH, HOME], 'links': []})
    server.get(ONE, json=RULE)


def page(key: str, *found: dict[str, Any]) -> dict[str, Any]:
    """Make a list that has no further page."""
    return {key: list(found), 'links': []}
