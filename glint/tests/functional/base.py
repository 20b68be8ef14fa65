# SPDX-License-Identifier: Apache-2.0

"""Glint within the test's process, at real Keystones and Glances."""

import contextlib
import io
import logging
import pathlib
from typing import Any
import uuid

import fixtures
from keystoneauth1 import exceptions as ksa_exceptions
import webtest

from glint import context
from glint import home
from glint import rpc
from glint.api import app
from glint.conductor import service
from glint.db import site as db_site
from glint.tests import base
from glint.tests import fixtures as glint_fixtures
from glint.tests import waiting
from glint.tests.integration import lab as labs
from glint.tests.integration import stack as stacks


class TestCase(base.TestCase):
    """The WSGI application and a conductor on the in-process transport."""

    DEFAULT_TIMEOUT = 120

    def setUp(self) -> None:
        lab = labs.load()
        if lab is None:
            self.fail('Set GLINT_LAB to the lab.json of "tools/lab start".')
        self.lab = lab
        super().setUp()
        logging.getLogger('keystoneauth').setLevel(logging.INFO)
        self.useFixture(glint_fixtures.Database())
        self.useFixture(glint_fixtures.KeyRepository())
        db_site.ensure_home(context.for_service(), **home.columns())
        conductor = service.ConductorService()
        conductor.start()
        self.addCleanup(conductor.stop)
        self.addCleanup(rpc.cleanup)
        self.api = webtest.TestApp(app.make_app())
        self.token = lab.home.member.session().get_token()

    def config_files(self) -> list[str]:
        folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        (folder / 'spool').mkdir()
        path = folder / 'glint.conf'
        path.write_text(
            stacks.configuration(
                self.lab,
                folder=folder,
                host='conductor-1',
                log_file='',
                transport_url='fake:/',
                database='sqlite://',
            )
        )
        return [str(path)]

    def call(
        self, method: str, path: str, status: int, **body: Any
    ) -> webtest.TestResponse:
        """Call the API as the member of the home cloud."""
        headers = {
            'X-Auth-Token': self.token,
            'OpenStack-API-Version': 'image-replication latest',
        }
        if body:
            return self.api._gen_request(
                method,
                path,
                params=webtest.utils.dumps(body),
                headers=headers,
                content_type='application/json',
                status=status,
            )
        return self.api.request(
            path, method=method, headers=headers, status=status
        )

    def add_site(self, cloud: labs.Cloud) -> str:
        """Register a cloud with an application credential of the member.

        :returns: the id of the site.
        """
        site = self.call(
            'POST',
            '/v1/sites',
            201,
            name=cloud.name,
            auth_url=cloud.auth_url,
            region_name=cloud.region_name,
        ).json
        self.register(site['id'], cloud, 'key')
        site_id: str = site['id']
        return site_id

    def register(self, site_id: str, cloud: labs.Cloud, name: str) -> str:
        """Register an application credential of the member.

        :returns: the id of the credential.
        """
        key = self.application_credential(cloud)
        made = self.call(
            'POST',
            '/v1/credentials',
            201,
            site_id=site_id,
            name=name,
            auth_type='v3applicationcredential',
            auth={
                'application_credential_id': key['id'],
                'application_credential_secret': key['secret'],
            },
        ).json
        credential_id: str = made['id']
        return credential_id

    def application_credential(
        self, cloud: labs.Cloud, **fields: Any
    ) -> dict[str, Any]:
        """Make an application credential of the member at a cloud."""
        session = cloud.member.session()
        url = f'{cloud.auth_url}/users/{session.get_user_id()}'
        url += '/application_credentials'
        body = {'name': f'{self.id()}-{uuid.uuid4()}', **fields}
        made = session.post(url, json={'application_credential': body})
        key: dict[str, Any] = made.json()['application_credential']
        self.addCleanup(self._forget, session, f'{url}/{key["id"]}')
        return key

    @staticmethod
    def _forget(session: Any, url: str) -> None:
        with contextlib.suppress(ksa_exceptions.NotFound):
            session.delete(url)

    def make_image(
        self, data: bytes, cloud: labs.Cloud | None = None, **fields: Any
    ) -> Any:
        """Upload an image, by default to the home site.

        :returns: the image; it is deleted after the test.
        """
        glance = (cloud or self.lab.home).member.glance()
        image = glance.images.create(
            **{
                'name': self.id().rpartition('.')[2],
                'disk_format': 'raw',
                'container_format': 'bare',
                **fields,
            }
        )
        self.addCleanup(self._delete, glance, image.id)
        glance.images.upload(image.id, io.BytesIO(data), image_size=len(data))
        return glance.images.get(image.id)

    @staticmethod
    def _delete(glance: Any, image_id: str) -> None:
        with contextlib.suppress(Exception):
            glance.images.update(image_id, protected=False)
        glance.images.delete(image_id)

    def replicate(
        self, image_id: str, *targets: str, **body: Any
    ) -> dict[str, Any]:
        """Replicate an image, and wait for the end.

        :returns: the replication.
        """
        made = self.call(
            'POST',
            '/v1/replications',
            202,
            image_id=image_id,
            target_site_ids=list(targets),
            **body,
        ).json
        return self.end_of(made['id'])

    def end_of(self, replication_id: str) -> dict[str, Any]:
        """Wait for the end of a replication."""
        path = f'/v1/replications/{replication_id}'
        final = ('completed', 'error', 'cancelled')

        def ended() -> Any:
            found = self.call('GET', path, 200).json
            return found if found['state'] in final else None

        result: dict[str, Any] = waiting.until(
            ended, self.DEFAULT_TIMEOUT, 'end'
        )
        return result

    def copied(self, replication: dict[str, Any], cloud: labs.Cloud) -> Any:
        """Return the image that a completed replication made at a cloud."""
        [copy] = replication['copies']
        self.assertEqual('completed', copy['state'], copy['error'])
        glance = cloud.member.glance()
        image_id = copy['target_image_id']
        if copy['outcome'] == 'copied':
            self.addCleanup(self._delete, glance, image_id)
        return glance.images.get(image_id)
