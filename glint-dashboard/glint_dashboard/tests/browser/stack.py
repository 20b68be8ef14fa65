# SPDX-License-Identifier: Apache-2.0

"""Everything that the pages stand on: clouds, Glint, Horizon."""

import contextlib
import json
import os
import pathlib
import sys
import tempfile
from typing import Any
import uuid

from keystoneauth1 import session
from keystoneauth1.identity import v3

from cloudlab import command
from cloudlab import plan
from cloudlab import process
from glint_dashboard.tests.browser import wire
from workbench import glint
from workbench import horizon

# A failure is to be seen at once.
_OPTIONS = {'conductor': {'max_attempts': '1', 'timer_interval': '1'}}


class Stack:
    """One Horizon and one Glint at the first cloud of a lab.

    :ivar url: of Horizon.
    :ivar wire: to the Glance of the second cloud, in a region of its own.
    :ivar region: the name of this region.
    :ivar site: the name of the site there, which has a credential. There is
        one for all tests: each further one is one more to be listed.
    :ivar site_id: its id.
    """

    def __init__(self) -> None:
        self._undo = contextlib.ExitStack()
        try:
            self._start()
        except BaseException:
            self._undo.close()
            raise

    def _start(self) -> None:
        lab = plan.Lab.load(pathlib.Path(os.environ['GLINT_LAB']).parent)
        assert lab
        self.clouds = lab.clouds
        folder = self._undo.enter_context(tempfile.TemporaryDirectory())
        self._root = root = pathlib.Path(folder)
        self.log = root / 'horizon.log'
        self._undo.callback(lambda: process.stop(root, process.known(root)))
        venv = pathlib.Path(os.environ['GLINT_VENV'])
        glint.start_alone(root, venv, lab, _OPTIONS)
        self.url = horizon.start(
            root,
            pathlib.Path(sys.prefix),
            lab.clouds[0].auth_url,
            lab.base_port + horizon.PORT_OFFSET,
        )
        self.wire = wire.Wire(lab.clouds[1].glance_port)
        self._undo.callback(self.wire.close)
        self.region = self._add_region()
        self.site = 'west-by-wire'
        self.site_id = self.add_site(self.site)

    def close(self) -> None:
        self._undo.close()

    def _add_region(self) -> str:
        """Let the second cloud name the wire as its Glance."""
        cloud = self.clouds[1]
        admin = self.session(1, 'admin')
        name = f'wire-{uuid.uuid4().hex[:8]}'

        def make(path: str, **body: Any) -> None:
            url = f'{cloud.auth_url}/{path}'
            [made] = admin.post(url, json=body).json().values()
            self._undo.callback(admin.delete, f'{url}/{made["id"]}')

        make('regions', region={'id': name})
        [service] = admin.get(f'{cloud.auth_url}/services?type=image').json()[
            'services'
        ]
        make(
            'endpoints',
            endpoint={
                'service_id': service['id'],
                'region_id': name,
                'interface': 'public',
                'url': self.wire.url,
            },
        )
        return name

    def session(self, cloud: int, who: str) -> session.Session:
        """Log in at a cloud as member, reader, other or admin."""
        account = getattr(self.clouds[cloud], who)
        return session.Session(
            auth=v3.Password(
                auth_url=self.clouds[cloud].auth_url,
                username=account.username,
                password=account.password,
                user_domain_name=account.user_domain_name,
                project_name=account.project_name,
                project_domain_name=account.project_domain_name,
            )
        )

    def glint(self, method: str, path: str, body: Any = None) -> Any:
        """Call Glint as the member of the project demo."""
        answer = self.session(0, 'member').request(
            f'/v1/{path}',
            method,
            endpoint_filter={'service_type': 'image-replication'},
            json=body,
        )
        return answer.json() if answer.content else None

    def make_image(self, name: str, size: int, cloud: int = 0) -> str:
        """Upload random bytes to the first or another cloud."""
        image = {
            'service_type': 'image',
            'interface': 'public',
            'region_name': self.clouds[cloud].region_name,
        }
        member = self.session(cloud, 'member')
        body = {
            'name': name,
            'disk_format': 'raw',
            'container_format': 'bare',
        }
        made = member.post(
            '/v2/images', endpoint_filter=image, json=body
        ).json()
        member.put(
            f'/v2/images/{made["id"]}/file',
            endpoint_filter=image,
            headers={'Content-Type': 'application/octet-stream'},
            # Without the signature of a boot sector, which Glance looks into.
            data=os.urandom(size).replace(b'\x55\xaa', b'\0\0'),
        )
        return str(made['id'])

    def find_image(self, name: str, cloud: int) -> dict[str, Any]:
        """Return the record of the image of a name at a cloud."""
        answer = self.session(cloud, 'member').get(
            f'/v2/images?name={name}',
            endpoint_filter={
                'service_type': 'image',
                'interface': 'public',
                'region_name': self.clouds[cloud].region_name,
            },
        )
        [record] = answer.json()['images']
        return dict(record)

    def application_credential(self) -> tuple[str, str]:
        """Make one at the second cloud, and return its id and secret."""
        user_id = self.clouds[1].member.user_id
        made = self.session(1, 'member').post(
            f'{self.clouds[1].auth_url}/users/{user_id}'
            '/application_credentials',
            json={'application_credential': {'name': uuid.uuid4().hex}},
        )
        record = json.loads(made.content)['application_credential']
        return record['id'], record['secret']

    def add_site(self, name: str) -> str:
        """Register the second cloud behind the wire, with a credential."""
        site = self.glint(
            'POST',
            'sites',
            {
                'name': name,
                'auth_url': self.clouds[1].auth_url,
                'region_name': self.region,
            },
        )
        key, secret = self.application_credential()
        self.glint(
            'POST',
            'credentials',
            {
                'site_id': site['id'],
                'name': name,
                'auth_type': 'v3applicationcredential',
                'auth': {
                    'application_credential_id': key,
                    'application_credential_secret': secret,
                },
            },
        )
        return str(site['id'])

    def add_images(self, sites: int, images: int) -> None:
        """Add sites with many images each, for the project of the admin.

        They are in the database alone, so nobody has to serve them.
        """
        admin = self.clouds[0].admin
        task = {
            'config': str(self._root / 'glint' / 'glint.conf'),
            'project_id': admin.project_id,
            'user_id': admin.user_id,
            'sites': sites,
            'images': images,
        }
        command.run(
            'benchmarks.listings',
            [
                pathlib.Path(os.environ['GLINT_VENV'], 'bin', 'python'),
                *('-m', 'benchmarks.listings', json.dumps(task)),
            ],
            {'PYTHONPATH': os.environ['PYTHONPATH']},
        )

    def written(self) -> bytes:
        """Return what Horizon and Glint keep: logs, sessions, the database."""
        kept = [
            self.log,
            self._root / 'glint.log',
            *(self._root / 'glint').glob('glint.db*'),
            *(self._root / 'horizon' / 'sessions').iterdir(),
        ]
        return b''.join(path.read_bytes() for path in kept)

    def replicate(self, image_id: str, site_id: str) -> str:
        """Ask for a replication from the first cloud."""
        body = {'image_id': image_id, 'target_site_ids': [site_id]}
        return str(self.glint('POST', 'replications', body)['id'])
