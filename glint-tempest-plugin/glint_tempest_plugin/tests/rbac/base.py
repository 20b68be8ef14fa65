# SPDX-License-Identifier: Apache-2.0

"""What the tests of all personas share."""

from typing import Any

from tempest.lib import exceptions
from tempest.lib.common.utils import data_utils
from tempest.lib.common.utils import test_utils

from glint_tempest_plugin.tests import base


class RbacTest(base.CloudTest):
    """A test with what a member has.

    :ivar site: a site of the member's project.
    :ivar private: a credential for it, for the member alone.
    :ivar shared: one for all of the project.
    :ivar image: an image of the member.
    :ivar replication: one that stays active, for nobody answers there.
    :ivar copy: its only copy.
    """

    site: Any
    private: Any
    shared: Any
    image: Any
    replication: Any
    copy: Any

    def setUp(self) -> None:
        super().setUp()
        dead = self.create_dead_site()
        self.site = self.member.sites.show_site(dead)
        self.private = self.create_credential(dead)
        self.shared = self.create_credential(dead, shared=True)
        self.image = self.create_image(3)
        self.replication = self.create_replication(self.image['id'], dead)
        (self.copy,) = self.replication['copies']

    def site_fields(self, **fields: Any) -> dict[str, Any]:
        name = data_utils.rand_name('site')
        return {'name': name, 'auth_url': base.NOWHERE, **fields}

    def credential_fields(self) -> dict[str, Any]:
        return {
            'site_id': self.site['id'],
            'name': data_utils.rand_name('credential'),
            'auth_type': 'v3applicationcredential',
            'auth': {
                'application_credential_id': data_utils.rand_uuid_hex(),
                'application_credential_secret': data_utils.rand_uuid(),
            },
            'check': False,
        }

    def replication_fields(self) -> dict[str, Any]:
        return {
            'image_id': self.image['id'],
            'target_site_ids': [self.site['id']],
        }

    def forbidden(self, call: Any, *args: Any, **fields: Any) -> None:
        self.refused(
            exceptions.Forbidden, 'request.forbidden', call, *args, **fields
        )

    def not_found(self, call: Any, *args: Any, **fields: Any) -> None:
        """Nobody is told that there is what is not for them."""
        caught = self.assertRaises(exceptions.NotFound, call, *args, **fields)
        (told,) = caught.resp_body
        self.assertTrue(told['code'].endswith('.not_found'), told)

    def ids(self, listed: Any) -> list[str]:
        """Return the ids in the answer to a list."""
        (name,) = listed.keys() - {'links'}
        return [item['id'] for item in listed[name]]

    def create_public_site(self, admin: Any) -> Any:
        """Add a site that all projects see."""
        site = admin.sites.create_site(**self.site_fields(shared=True))
        self.addCleanup(
            test_utils.call_and_ignore_notfound_exc,
            admin.sites.delete_site,
            site['id'],
            cascade=True,
        )
        return site
