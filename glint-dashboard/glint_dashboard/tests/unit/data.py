# SPDX-License-Identifier: Apache-2.0

"""Answers of the service."""

from typing import Any

HOME_ID = 'f3302a87-71f8-555c-83c1-adef204cb74a'
WEST_ID = '89a6963c-9852-4df2-b708-9105bf237a5d'
EAST_ID = '1d0d6f8e-95bb-4f0b-8b0d-8a2b6f1f2a11'
IMAGE_ID = '6a6b8b90-6b1e-4a7e-9a3f-2f0d6a3d7f11'
ROW_ID = 'a63df4b2-cd38-a0c3-04b8-f1cd07e106ab'
REPLICATION_ID = '2c02e8dc-07fb-4f44-82e6-9acfeaff508c'
COPY_ID = '9eca2e7a-b311-42b9-a67f-29fdaaabf73b'
CREDENTIAL_ID = '32cafe3a-162c-4e1e-aeb3-a7c45c7e4b06'
PROJECT_ID = '1'
TIME = '2026-10-07T09:30:43.955525Z'
HASH = 'ab' * 64

HOME: dict[str, Any] = {
    'id': HOME_ID,
    'name': 'home',
    'description': None,
    'auth_url': 'http://home.example.org/v3',
    'region_name': 'RegionOne',
    'interface': 'public',
    'ca_cert': None,
    'enabled': True,
    'home': True,
    'shared': False,
    'project_id': None,
    'health': {'state': 'ok', 'checked_at': TIME, 'detail': None},
    'created_at': TIME,
    'updated_at': None,
}
WEST: dict[str, Any] = HOME | {
    'id': WEST_ID,
    'name': 'west',
    'auth_url': 'http://west.example.org/v3',
    'home': False,
    'project_id': PROJECT_ID,
}
CREDENTIAL: dict[str, Any] = {
    'id': CREDENTIAL_ID,
    'site_id': WEST_ID,
    'name': 'mine',
    'auth_type': 'v3applicationcredential',
    'shared': False,
    'state': 'ok',
    'checked_at': TIME,
    'detail': None,
    'expires_at': None,
    'user_id': '1',
    'project_id': PROJECT_ID,
    'created_at': TIME,
}
ERROR: dict[str, Any] = {
    'code': 'quota_exceeded',
    'detail': 'Site west has no room left. Delete images there.',
    'retryable': False,
    'http_status': 413,
}


def copy(state: str = 'copying', **values: Any) -> dict[str, Any]:
    """Make a copy of a replication."""
    return {
        'id': COPY_ID,
        'target_site_id': WEST_ID,
        'target_site_name': 'west',
        'target_image_id': None,
        'state': state,
        'phase': 'sending' if state == 'copying' else None,
        'outcome': 'copied' if state == 'completed' else None,
        'bytes_sent': 134217728,
        'bytes_total': 377487360,
        'rate': 52428800,
        'eta': 5,
        'attempts': 2,
        'next_attempt_at': None,
        'error': ERROR if state == 'error' else None,
        'waits_for': [],
        'notes': ['The property hw_firmware_type was removed as asked.'],
        'conductor': 'conductor-1',
        'started_at': TIME,
        'finished_at': None,
        **values,
    }


def wait(reason: str, detail: str) -> dict[str, Any]:
    """Make a reason for which a copy waits."""
    return {
        'reason': reason,
        'detail': detail,
        'site_id': None,
        'credential_id': None,
        'replication_id': None,
        'running': None,
        'limit': None,
        'ahead': None,
        'until': None,
    }


def replication(state: str = 'copying', **values: Any) -> dict[str, Any]:
    """Make a replication to one site."""
    return {
        'id': REPLICATION_ID,
        'image_id': IMAGE_ID,
        'image_name': 'debian-13',
        'source_site_id': HOME_ID,
        'source_site_name': 'home',
        'target_site_ids': [WEST_ID],
        'target_site_names': ['west'],
        'state': state,
        'size': 377487360,
        'progress': 35,
        'bytes_sent': 134217728,
        'bytes_total': 377487360,
        'copies_summary': {'total': 1, 'completed': 0, state: 1},
        'options': {},
        'client_token': None,
        'user_id': '1',
        'project_id': PROJECT_ID,
        'created_at': TIME,
        'updated_at': TIME,
        'started_at': TIME,
        'finished_at': None,
        'copies': [copy(state)],
        **values,
    }


def presence(site_id: str, state: str, **values: Any) -> dict[str, Any]:
    """Make a cell of the matrix."""
    return {
        'site_id': site_id,
        'image_id': IMAGE_ID if state == 'in_sync' else None,
        'state': state,
        'name': 'debian-13',
        'visibility': 'private',
        'status': 'active' if state == 'in_sync' else None,
        'copy': None,
        **values,
    }


def cell_copy(state: str) -> dict[str, Any]:
    """Make the copy that a cell of the matrix tells of."""
    return {
        'id': COPY_ID,
        'replication_id': REPLICATION_ID,
        'state': state,
        'phase': 'sending' if state == 'copying' else None,
        'bytes_sent': 35,
        'bytes_total': 100,
        'progress': 35,
        'error': ERROR if state == 'error' else None,
    }


def image(*presences: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Make a row of the matrix."""
    return {
        'id': ROW_ID,
        'name': 'debian-13',
        'os_hash_algo': 'sha512',
        'os_hash_value': HASH,
        'checksum': 'cd' * 16,
        'size': 377487360,
        'disk_format': 'qcow2',
        'container_format': 'bare',
        'presence': list(presences),
        **values,
    }


def matrix(
    *images: dict[str, Any], west: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Make the answer of ``GET /v1/images``.

    :param west: what is different about the site west.
    """
    fine = {'state': 'ok', 'listed_at': TIME, 'detail': None}
    return {
        'images': list(images),
        'links': [],
        'sites': [
            {'site_id': HOME_ID, 'name': 'home', **fine},
            {'site_id': WEST_ID, 'name': 'west', **fine, **(west or {})},
        ],
    }
