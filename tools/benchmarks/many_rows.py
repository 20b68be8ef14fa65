# SPDX-License-Identifier: Apache-2.0

"""Fills the databases of Glint and Glance with as many rows.

They are written as SQL, and alike: all belong to one project, one comes a
minute after the other, and four of a hundred are in another state.
"""

from collections.abc import Callable
from collections.abc import Mapping
import datetime
from typing import Any
import uuid

import sqlalchemy as sa

from glint.db import site as db_site

_BATCH = 1000
_SITE = str(uuid.uuid5(uuid.NAMESPACE_OID, 'target'))
_NOW = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)


def row_id(number: int) -> str:
    """Return the id of the replication, or image, of a number."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f'row {number}'))


def _write(
    database: str,
    tables: Mapping[str, Callable[[int], dict[str, Any]]],
    rows: int,
) -> None:
    """Fill tables.

    :param database: the URL.
    :param tables: from names to what makes the row of a number.
    """
    at = sa.create_engine(database, poolclass=sa.NullPool)
    with at.connect() as connection:
        for first in range(0, rows, _BATCH):
            for name, row in tables.items():
                values = [
                    row(number)
                    for number in range(first, min(first + _BATCH, rows))
                ]
                table = sa.table(name, *map(sa.column, values[0]))
                connection.execute(sa.insert(table), values)
            connection.commit()
        for name in tables:
            connection.execute(sa.text(f'ANALYZE TABLE {name}'))


def _moment(number: int, rows: int) -> datetime.datetime:
    return _NOW - datetime.timedelta(minutes=rows - number)


def fill_glint(database: str, project_id: str, rows: int) -> None:
    """Add replications of one copy each."""

    def state(number: int) -> str:
        return 'error' if number % 25 == 0 else 'completed'

    def replication(number: int) -> dict[str, Any]:
        at = _moment(number, rows)
        return {
            'id': row_id(number),
            'project_id': project_id,
            'user_id': 'user',
            'image_id': row_id(number),
            'image_name': f'image-{number}',
            'source_site_id': db_site.HOME_ID,
            'source_site_name': 'home',
            'source_credential_id': _SITE,
            'options': '{"image_name": null, "visibility": null, '
            '"preserve_id": false, "members": false, "on_conflict": null, '
            '"on_difference": "copy", '
            '"properties": {"set": {}, "remove": []}}',
            'state': state(number),
            'size': 2**30,
            'created_at': at,
            'turn_at': at,
            'started_at': at,
            'finished_at': at,
        }

    def copy(number: int) -> dict[str, Any]:
        at = _moment(number, rows)
        return {
            'id': row_id(number),
            'replication_id': row_id(number),
            'target_site_id': _SITE,
            'target_site_name': 'west',
            'credential_id': _SITE,
            'target_image_id': row_id(number),
            'state': state(number),
            'outcome': 'copied',
            'bytes_sent': 2**30,
            'bytes_total': 2**30,
            'attempts': 1,
            'created_at': at,
            'started_at': at,
            'finished_at': at,
        }

    _write(database, {'replications': replication, 'copies': copy}, rows)


def fill_glance(database: str, project_id: str, rows: int) -> None:
    """Add images with a location and a property each."""

    def image(number: int) -> dict[str, Any]:
        at = _moment(number, rows)
        return {
            'id': row_id(number),
            'name': f'image-{number}',
            'size': 2**30,
            'status': 'queued' if number % 25 == 0 else 'active',
            'created_at': at,
            'updated_at': at,
            'deleted': False,
            'disk_format': 'raw',
            'container_format': 'bare',
            'checksum': '0' * 32,
            'owner': project_id,
            'min_disk': 0,
            'min_ram': 0,
            'os_hash_algo': 'sha512',
            'os_hash_value': '0' * 128,
        }

    def location(number: int) -> dict[str, Any]:
        return {
            'image_id': row_id(number),
            'value': f'file:///images/{row_id(number)}',
            'created_at': _moment(number, rows),
            'deleted': False,
            'meta_data': '{"store": "file"}',
        }

    def item(number: int) -> dict[str, Any]:
        return {
            'image_id': row_id(number),
            'name': 'os_distro',
            'value': 'debian',
            'created_at': _moment(number, rows),
            'deleted': False,
        }

    tables = {
        'images': image,
        'image_locations': location,
        'image_properties': item,
    }
    _write(database, tables, rows)
