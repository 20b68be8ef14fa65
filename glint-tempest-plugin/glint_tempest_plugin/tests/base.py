# SPDX-License-Identifier: Apache-2.0

"""What all tests share."""

import io
import os
from typing import Any
from urllib import parse

from tempest import config
from tempest import test
from tempest.lib import exceptions
from tempest.lib.common import api_version_utils
from tempest.lib.common.utils import data_utils
from tempest.lib.common.utils import test_utils

from glint_tempest_plugin import cloud as clouds
from glint_tempest_plugin.tests import persona

CONF = config.CONF

FINAL = ('completed', 'error', 'cancelled')
MIB = 1024 * 1024

#: Nobody is asked to answer there.
NOWHERE = 'https://keystone.example.org/v3'


class BaseTest(api_version_utils.BaseMicroversionTest, test.BaseTestCase):
    """A test with a member of a project of its own."""

    credentials = ['project_member']

    member: persona.Persona

    @classmethod
    def skip_checks(cls) -> None:
        super().skip_checks()
        if not CONF.service_available.glint:
            raise cls.skipException('Glint is not available.')
        api_version_utils.check_skip_with_microversion(
            cls.min_microversion,
            cls.max_microversion,
            CONF.image_replication.min_microversion,
            CONF.image_replication.max_microversion,
        )

    @classmethod
    def setup_credentials(cls) -> None:
        # Nothing here needs a network.
        cls.set_network_resources()
        super().setup_credentials()

    @classmethod
    def setup_clients(cls) -> None:
        super().setup_clients()
        cls.member = cls.as_persona(cls.os_project_member)

    @classmethod
    def as_persona(cls, manager: Any) -> persona.Persona:
        microversion = None
        if CONF.image_replication.min_microversion:
            microversion = api_version_utils.select_request_microversion(
                cls.min_microversion, CONF.image_replication.min_microversion
            )
        return persona.Persona(manager, microversion)

    def refused(
        self,
        error: type[Exception],
        code: str,
        call: Any,
        *args: Any,
        **kw: Any,
    ) -> str:
        """Assert that a call is refused, with an error as documented.

        :param code: without the service type.
        :returns: what people are told.
        """
        caught = self.assertRaises(error, call, *args, **kw)
        # Tempest leaves out that these are the "errors".
        (told,) = caught.resp_body
        self.assertEqual(f'image-replication.{code}', told['code'])
        self.assertEqual(caught.resp.status, told['status'])
        self.assertEqual(
            caught.resp['x-openstack-request-id'], told['request_id']
        )
        detail: str = told['detail']
        return detail

    def create_site(
        self, owner: persona.Persona | None = None, **fields: Any
    ) -> Any:
        """Add a site until the end of the test.

        :param owner: the member, unless it is somebody else.
        """
        client = (owner or self.member).sites
        site = client.create_site(
            **{
                'name': data_utils.rand_name('site'),
                'auth_url': NOWHERE,
                **fields,
            }
        )
        self.addCleanup(
            test_utils.call_and_ignore_notfound_exc,
            client.delete_site,
            site['id'],
            cascade=True,
        )
        return site

    def create_credential(
        self,
        site_id: str,
        owner: persona.Persona | None = None,
        **fields: Any,
    ) -> Any:
        """Register a credential; it goes with its site.

        Without fields, it is one that is not tried.
        """
        client = (owner or self.member).site_credentials
        return client.create_credential(
            **{
                'site_id': site_id,
                'name': data_utils.rand_name('credential'),
                'auth_type': 'v3applicationcredential',
                'auth': {
                    'application_credential_id': data_utils.rand_uuid_hex(),
                    'application_credential_secret': data_utils.rand_uuid(),
                },
                'check': 'auth' in fields,
                **fields,
            }
        )

    def create_replication(
        self,
        image_id: str,
        *target_site_ids: str,
        owner: persona.Persona | None = None,
        **fields: Any,
    ) -> Any:
        """Ask for a replication; it is ended and deleted after the test."""
        client = (owner or self.member).replications
        made = client.create_replication(
            image_id=image_id, target_site_ids=list(target_site_ids), **fields
        )
        self.addCleanup(
            test_utils.call_and_ignore_notfound_exc,
            self._end,
            client,
            made['id'],
        )
        return made

    def _end(self, client: Any, replication_id: str) -> None:
        try:
            client.cancel_replication(replication_id)
        except exceptions.Conflict:
            # It has ended by itself.
            pass
        self.await_state(replication_id, *FINAL, client=client)
        client.delete_replication(replication_id)

    def await_replication(
        self, replication_id: str, condition: Any, client: Any = None
    ) -> Any:
        """Wait until a condition of a replication holds.

        :returns: the replication.
        """
        client = client or self.member.replications
        found: list[Any] = []

        def holds() -> bool:
            found[:] = [client.show_replication(replication_id)]
            return bool(condition(found[0]))

        if not test_utils.call_until_true(
            holds,
            CONF.image_replication.build_timeout,
            CONF.image_replication.build_interval,
        ):
            raise exceptions.TimeoutException(
                f'What was waited for did not come: {found}'
            )
        return found[0]

    def await_state(
        self, replication_id: str, *states: str, client: Any = None
    ) -> Any:
        """Wait until a replication is in one of some states.

        :returns: the replication.
        """
        found = self.await_replication(
            replication_id,
            lambda item: item['state'] in (*states, *FINAL),
            client,
        )
        self.assertIn(found['state'], states, found['copies'])
        return found


class CloudTest(BaseTest):
    """A test with another cloud.

    :cvar cloud: the cloud that images are replicated to.
    """

    cloud: clouds.Cloud

    @classmethod
    def skip_checks(cls) -> None:
        super().skip_checks()
        if not CONF.image_replication_second_cloud.auth_url:
            raise cls.skipException('There is no second cloud.')

    @classmethod
    def resource_setup(cls) -> None:
        super().resource_setup()
        found = clouds.second()
        assert found
        cls.cloud = found

    def create_key(self, cloud: clouds.Cloud) -> dict[str, Any]:
        """Make an application credential at a cloud.

        :returns: it, as a credential is registered with it.
        """
        key = cloud.create_key(data_utils.rand_name('glint'))
        self.addCleanup(
            test_utils.call_and_ignore_notfound_exc,
            cloud.delete_key,
            key['id'],
        )
        return {
            'auth_type': 'v3applicationcredential',
            'auth': {
                'application_credential_id': key['id'],
                'application_credential_secret': key['secret'],
            },
        }

    def create_cloud_site(self, cloud: clouds.Cloud | None = None) -> str:
        """Add a cloud as a site, with an application credential.

        :param cloud: the second one, unless it is another.
        :returns: the id of the site.
        """
        cloud = cloud or self.cloud
        site = self.create_site(**cloud.site())
        self.create_credential(site['id'], **self.create_key(cloud))
        site_id: str = site['id']
        return site_id

    def create_dead_site(self) -> str:
        """Add a site where nobody answers, with a credential.

        :returns: the id of the site.
        """
        place = parse.urlsplit(self.cloud.site()['auth_url'])
        # An address that conductors connect to, and a port nobody uses.
        site = self.create_site(auth_url=f'http://{place.hostname}:1/v3')
        self.create_credential(site['id'])
        site_id: str = site['id']
        return site_id

    def create_image(self, size: int = MIB, **fields: Any) -> Any:
        """Upload an image of random bytes to the home cloud.

        It and what Glint makes of it go at the end of the test.
        """
        client = self.member.home_images
        image = client.create_image(
            **{
                'name': data_utils.rand_name('image'),
                'disk_format': 'raw',
                'container_format': 'bare',
                **fields,
            }
        )
        self.addCleanup(
            test_utils.call_and_ignore_notfound_exc,
            client.delete_image,
            image['id'],
        )
        self.addCleanup(self.cloud.remove_made, image['id'])
        client.store_image_file(image['id'], Noise(size))
        return client.show_image(image['id'])


class Noise(io.RawIOBase):
    """Random bytes; they repeat, but no two blocks are alike.

    :param size: how many bytes.
    """

    _STEP = 4099

    def __init__(self, size: int) -> None:
        super().__init__()
        self._left = size
        # Without the signature of a boot sector, which Glance looks into.
        self._block = os.urandom(MIB).replace(b'\x55\xaa', b'\0\0') * 2
        self._place = 0

    def read(self, count: int = -1) -> bytes:
        count = min(self._left, MIB if count < 0 else count)
        self._left -= count
        self._place = (self._place + self._STEP) % MIB
        return self._block[self._place : self._place + count]
