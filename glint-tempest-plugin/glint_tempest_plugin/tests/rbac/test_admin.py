# SPDX-License-Identifier: Apache-2.0

"""An operator sees all projects, and shares sites with them."""

from tempest.lib import decorators
from tempest.lib import exceptions

from glint_tempest_plugin.tests.rbac import base


class AdminTest(base.RbacTest):
    # The operator is in another project than the member.
    credentials = ['project_member', 'project_alt_admin', 'project_alt_member']

    @classmethod
    def setup_clients(cls):
        super().setup_clients()
        cls.admin = cls.as_persona(cls.os_project_alt_admin)
        cls.stranger = cls.as_persona(cls.os_project_alt_member)

    @decorators.idempotent_id('9b7f056b-54e5-4a94-a97c-4cc7118ee974')
    def test_admin_sees_all_projects_when_asked(self):
        for list_all, thing in (
            (self.admin.sites.list_sites, self.site),
            (self.admin.replications.list_replications, self.replication),
        ):
            self.assertNotIn(thing['id'], self.ids(list_all()))
            project_id = self.member.credentials.project_id
            listed = list_all(all_projects=True, project_id=project_id)
            self.assertIn(thing['id'], self.ids(listed))

    @decorators.idempotent_id('d13dde8b-40a5-4498-b31a-9725c9d7bc0d')
    def test_admin_shows_what_others_have(self):
        self.admin.sites.show_site(self.site['id'])
        self.admin.replications.show_replication(self.replication['id'])
        self.admin.copies.show_copy(self.replication['id'], self.copy['id'])
        for credential in (self.private, self.shared):
            self.admin.site_credentials.show_credential(credential['id'])

    @decorators.idempotent_id('a942960e-7e75-4a99-8bc4-272a1487c26b')
    def test_admin_shares_a_site_with_all_projects(self):
        site = self.create_public_site(self.admin)
        for persona in (self.member, self.stranger):
            self.assertIn(site['id'], self.ids(persona.sites.list_sites()))
        self.admin.sites.update_site(site['id'], shared=False)
        self.not_found(self.member.sites.show_site, site['id'])

    @decorators.idempotent_id('ab838b81-1d8f-455e-9d44-babcff19a63e')
    def test_admin_ends_a_replication_of_others(self):
        client = self.admin.replications
        client.cancel_replication(self.replication['id'])
        self.await_state(self.replication['id'], 'cancelled')
        client.delete_replication(self.replication['id'])

    @decorators.idempotent_id('cec23784-bae9-42b5-a5fb-b16ed54dac88')
    def test_admin_lets_a_replication_of_others_go_first(self):
        replication_id = self.replication['id']
        self.forbidden(
            self.member.replications.update_replication,
            replication_id,
            priority='high',
        )
        for priority in ('high', 'low', 'normal'):
            self.admin.replications.update_replication(
                replication_id, priority=priority
            )
            shown = self.member.replications.show_replication(replication_id)
            self.assertEqual(priority, shown['priority'])
        self.refused(
            exceptions.BadRequest,
            'request.invalid',
            self.admin.replications.update_replication,
            replication_id,
            priority='highest',
        )

    @decorators.idempotent_id('566f72c3-058a-48ba-89d4-d8197e032ff1')
    def test_admin_removes_credential_and_site_of_others(self):
        site = self.create_site()
        unused = self.create_credential(site['id'])
        self.admin.site_credentials.delete_credential(unused['id'])
        self.admin.sites.delete_site(site['id'])
        self.not_found(self.member.sites.show_site, site['id'])
