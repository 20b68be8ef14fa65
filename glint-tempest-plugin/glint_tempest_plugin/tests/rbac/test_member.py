# SPDX-License-Identifier: Apache-2.0

"""A member works in a project, and leaves the rest to others."""

from tempest.lib import decorators

from glint_tempest_plugin.tests.rbac import base


class MemberTest(base.RbacTest):
    credentials = ['project_member', 'project_manager', 'project_admin']

    @classmethod
    def setup_clients(cls):
        super().setup_clients()
        cls.manager = cls.as_persona(cls.os_project_manager)
        cls.admin = cls.as_persona(cls.os_project_admin)

    @decorators.idempotent_id('3c8cf78c-15ae-4d52-a156-c96685437104')
    def test_member_shares_no_site_with_all_projects(self):
        client = self.member.sites
        self.forbidden(client.create_site, **self.site_fields(shared=True))
        self.forbidden(client.update_site, self.site['id'], shared=True)
        self.assertFalse(client.show_site(self.site['id'])['shared'])

    @decorators.idempotent_id('b260f6b2-cbef-4924-957f-361dda31910b')
    def test_member_sees_and_does_not_change_a_shared_site(self):
        site = self.create_public_site(self.admin)
        client = self.member.sites
        self.assertTrue(client.show_site(site['id'])['shared'])
        self.forbidden(client.update_site, site['id'], description='x')
        self.forbidden(client.delete_site, site['id'])

    @decorators.idempotent_id('e721920c-af68-4bda-a8b4-43e338507873')
    def test_member_sees_no_other_projects(self):
        self.forbidden(self.member.sites.list_sites, all_projects=True)
        self.forbidden(
            self.member.replications.list_replications, all_projects=True
        )

    @decorators.idempotent_id('7ef31739-b8d9-4ea0-a828-9412b4056b16')
    def test_member_does_not_delete_what_others_share(self):
        shared = self.create_credential(
            self.site['id'], self.manager, shared=True
        )
        client = self.member.site_credentials
        client.show_credential(shared['id'])
        self.forbidden(client.delete_credential, shared['id'])

    @decorators.idempotent_id('7afecb83-516e-4c06-8a7a-0013a3d06b62')
    def test_member_works_on_replications_of_the_project(self):
        made = self.create_replication(
            self.image['id'], self.site['id'], owner=self.manager
        )
        self.member.replications.cancel_replication(made['id'])
        self.await_state(made['id'], 'cancelled')
        self.member.replications.retry_replication(made['id'])
