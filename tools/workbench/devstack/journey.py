# SPDX-License-Identifier: Apache-2.0

"""What a user does with a DevStack that has Glint; run by the DevStack's own
Python, with what the plugin has installed there.

    journey.py URL REMOTE_AUTH_URL PASSWORD_FILE [registered]

With "registered", the other cloud has been registered by an earlier journey.
"""

import hashlib
import os
import pathlib
import sys
from typing import Any

import openstack
import requests

from glintclient import image_replication_service


def _check(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise SystemExit(f'{what}: {found!r} instead of {wanted!r}.')
    print(f'{what}: {found}')


def _versions(url: str) -> None:
    """See that links lead where the catalog does."""
    answer = requests.get(
        url, timeout=60, verify=os.environ.get('OS_CACERT') or True
    )
    [version] = answer.json()['versions']
    [link] = [i['href'] for i in version['links'] if i['rel'] == 'self']
    _check('link of the version', link.rstrip('/'), f'{url}/v1')


def _sha512(conn: openstack.connection.Connection, image_id: str) -> str:
    digest = hashlib.sha512()
    for chunk in conn.image.download_image(image_id, stream=True).iter_content(
        1 << 20
    ):
        digest.update(chunk)
    return digest.hexdigest()


def _credential(password: str) -> dict[str, str]:
    return {
        'username': 'demo',
        'password': password,
        'user_domain_name': 'Default',
        'project_name': 'demo',
        'project_domain_name': 'Default',
    }


def _register(glint: Any, auth_url: str, auth: dict[str, str]) -> None:
    """Register the other cloud, and the user's account there."""
    authority = os.environ.get('OS_CACERT')
    site = glint.create_site(
        name='remote',
        auth_url=auth_url,
        **(
            {'ca_cert': pathlib.Path(authority).read_text()}
            if authority
            else {}
        ),
    )
    # Checked at the other cloud by the conductor, before it is answered.
    credential = glint.create_credential(
        site_id=site.id, name='demo', auth_type='v3password', auth=auth
    )
    _check('state of the credential', credential.state, 'ok')


def main(
    url: str, auth_url: str, password_file: str, registered: str = ''
) -> None:
    _versions(url)
    conn = openstack.connect(cloud='devstack')
    _check(
        'endpoint in the catalog',
        conn.session.get_endpoint(
            service_type='image-replication', interface='public'
        ),
        url,
    )
    image_replication_service.add_to(conn)
    glint = conn.image_replication
    auth = _credential(pathlib.Path(password_file).read_text())
    if not registered:
        _register(glint, auth_url, auth)
    site = glint.find_site('remote', ignore_missing=False)
    # Another one each time, so that its bytes have to be sent.
    image = conn.image.create_image(
        'journey',
        # Without the signature of a boot sector, which Glance looks into.
        data=os.urandom(1 << 20).replace(b'\x55\xaa', b'\0\0'),
        disk_format='raw',
        container_format='bare',
        allow_duplicates=True,
    )
    replication = glint.create_replication(
        image_id=image.id, target_site_ids=[site.id]
    )
    glint.wait_for_replication(replication, wait=180)
    replication = glint.get_replication(replication.id)
    _check('state of the replication', replication.state, 'completed')

    [copy] = glint.copies(replication)
    remote = openstack.connect(auth={'auth_url': auth_url, **auth})
    _check(
        'SHA-512 in the other cloud',
        _sha512(remote, copy.target_image_id),
        _sha512(conn, image.id),
    )


main(*sys.argv[1:])
