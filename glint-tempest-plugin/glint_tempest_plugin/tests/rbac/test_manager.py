# SPDX-License-Identifier: Apache-2.0

"""A manager also puts right what others of the project leave behind."""

from tempest.lib import decorators
from tempest.lib import exceptions

from glint_tempest_plugin.tests.rbac import base


class ManagerTest(base.RbacTest):
    credentials = ['project_member', 'project_manager']

    @classmethod
    def setup_clients(cls):
        super().setup_clients()
        cls.manager = cls.as_persona(cls.os_project_manager)

    @decorators.idempotent_id('1e113308-8377-4308-b553-dce4be14b999')
    def test_manager_deletes_what_members_share(self):
        unused = self.create_credential(self.create_site()['id'], shared=True)
        client = self.manager.site_credentials
        client.delete_credential(unused['id'])
        self.not_found(
            self.member.site_credentials.show_credential, unused['id']
        )

    @decorators.idempotent_id('5ecb90a8-7392-40b9-b58c-7b29b1c2c3bd')
    def test_manager_sees_no_private_credential(self):
        client = self.manager.site_credentials
        listed = self.ids(client.list_credentials())
        self.assertIn(self.shared['id'], listed)
        self.assertNotIn(self.private['id'], listed)
        for call in (
            client.show_credential,
            client.check_credential,
            client.delete_credential,
        ):
            self.not_found(call, self.private['id'])

    @decorators.idempotent_id('4fb81e7d-5d1e-4715-8928-7b49f9073752')
    def test_manager_does_not_use_a_private_credential(self):
        self.refused(
            exceptions.BadRequest,
            'replication.unknown_credential',
            self.manager.replications.create_replication,
            **self.replication_fields(),
            credential_ids=[self.private['id']],
        )

    @decorators.idempotent_id('54efdde6-9012-4cd1-a8ac-a0931e71c138')
    def test_manager_sends_no_secret_of_a_member_elsewhere(self):
        # One that no copy uses: that would be refused for another reason.
        site = self.create_site()
        self.create_credential(site['id'])
        for fields in (
            {'auth_url': f'{site["auth_url"]}/moved'},
            {'region_name': 'Elsewhere'},
            {'interface': 'internal'},
        ):
            self.refused(
                exceptions.Conflict,
                'site.has_credentials',
                self.manager.sites.update_site,
                site['id'],
                **fields,
            )

    @decorators.idempotent_id('b9477f06-8044-4a95-a0da-a49cbf52503c')
    def test_manager_changes_sites_and_replications(self):
        changed = self.manager.sites.update_site(
            self.site['id'], description='by the manager'
        )
        self.assertEqual('by the manager', changed['description'])
        client = self.manager.replications
        client.cancel_replication(self.replication['id'])
        self.await_state(self.replication['id'], 'cancelled')
        client.delete_replication(self.replication['id'])
        self.not_found(
            self.member.replications.show_replication, self.replication['id']
        )

    @decorators.idempotent_id('ccbe813b-b4c0-4d7c-a04a-ef1e52503628')
    def test_manager_is_no_operator(self):
        client = self.manager.sites
        self.forbidden(client.create_site, **self.site_fields(shared=True))
        self.forbidden(client.list_sites, all_projects=True)
