# SPDX-License-Identifier: Apache-2.0

"""Sites with many images, in the database of a Glint.

``python -m benchmarks.listings JSON`` puts them into one that runs.
"""

from collections.abc import Iterable
from collections.abc import Iterator
import hashlib
import json
import sys
from typing import Any
from typing import NamedTuple
import uuid

from glint import context as glint_context
from glint import service
from glint.db import credential as db_credential
from glint.db import image_listing
from glint.db import site as db_site

Context = glint_context.RequestContext
#: A site of five lacks an image in the command.
_EVERY = 5


class Owner(NamedTuple):
    """Whom sites and credentials belong to."""

    project_id: str
    user_id: str


def make_sites(context: Context, owner: Owner, count: int) -> list[str]:
    """Add sites at which nothing answers.

    :returns: their ids.
    """
    return [
        db_site.create(
            context,
            project_id=owner.project_id,
            name=f'site-{number:02d}',
            auth_url='https://site.example.org',
            interface='public',
        ).id
        for number in range(1, count + 1)
    ]


def images(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """Make images: the same of the same seed."""
    for number in range(count):
        content = f'{seed}/{number}'.encode()
        yield {
            'id': str(uuid.uuid4()),
            'name': f'image-{number:05d}',
            'status': 'active',
            'visibility': 'private',
            'os_hidden': False,
            'protected': False,
            'owner': uuid.uuid5(uuid.NAMESPACE_URL, str(seed)).hex,
            'size': number,
            'disk_format': 'qcow2',
            'container_format': 'bare',
            'checksum': hashlib.md5(
                content, usedforsecurity=False
            ).hexdigest(),
            'content': f'sha512:{hashlib.sha512(content).hexdigest()}',
            'updated_at': '2026-11-23T20:00:00Z',
        }


def fill(
    context: Context,
    owner: Owner,
    site_id: str,
    found: Iterable[dict[str, Any]],
) -> None:
    """Add a credential for a site, and what was found there with it."""
    credential = db_credential.create(
        context,
        id=db_credential.new_id(),
        project_id=owner.project_id,
        user_id=owner.user_id,
        site_id=site_id,
        name='x',
        auth_type='v3password',
        scheme='fernet',
        key_id='x',
        secret='x',
    )
    image_listing.listed(
        context,
        image_listing.Key(credential.id, 'default'),
        image_listing.now(context),
        found,
    )


def main() -> None:
    task = json.loads(sys.argv[1])
    service.prepare([], prog='listings', config_files=[task['config']])
    context = glint_context.for_service()
    owner = Owner(task['project_id'], task['user_id'])
    for number, site_id in enumerate(
        make_sites(context, owner, task['sites'])
    ):
        fill(
            context,
            owner,
            site_id,
            (
                image
                for place, image in enumerate(images(0, task['images']))
                if (number + place) % _EVERY
            ),
        )


if __name__ == '__main__':
    main()
