# SPDX-License-Identifier: Apache-2.0

"""Another project is told nothing."""

from tempest.lib import decorators
from tempest.lib import exceptions

from glint_tempest_plugin.tests.rbac import base


class OtherProjectTest(base.RbacTest):
    credentials = ['project_member', 'project_alt_member']

    @classmethod
    def setup_clients(cls):
        super().setup_clients()
        cls.stranger = cls.as_persona(cls.os_project_alt_member)

    @decorators.attr(type='smoke')
    @decorators.idempotent_id('48e3343f-f5f6-40c9-b7d8-2203015f02ba')
    def test_stranger_finds_no_site(self):
        client = self.stranger.sites
        self.assertNotIn(self.site['id'], self.ids(client.list_sites()))
        self.not_found(client.show_site, self.site['id'])
        self.not_found(client.update_site, self.site['id'], description='x')
        self.not_found(client.delete_site, self.site['id'])

    @decorators.idempotent_id('db1e919e-bce1-4f4f-8966-4c0b6e966d69')
    def test_stranger_finds_no_credential(self):
        client = self.stranger.site_credentials
        self.assertEqual([], self.ids(client.list_credentials()))
        for credential in (self.private, self.shared):
            for call in (
                client.show_credential,
                client.check_credential,
                client.delete_credential,
            ):
                self.not_found(call, credential['id'])
            self.not_found(
                client.update_credential, credential['id'], name='mine'
            )

    @decorators.idempotent_id('9004bcd7-ea6d-4dc1-a2f4-3f858a0716a5')
    def test_stranger_finds_no_replication(self):
        client = self.stranger.replications
        self.assertEqual([], self.ids(client.list_replications()))
        for call in (
            client.show_replication,
            client.cancel_replication,
            client.retry_replication,
            client.delete_replication,
            self.stranger.copies.list_copies,
        ):
            self.not_found(call, self.replication['id'])
        for call in (
            self.stranger.copies.show_copy,
            self.stranger.copies.cancel_copy,
            self.stranger.copies.retry_copy,
        ):
            self.not_found(call, self.replication['id'], self.copy['id'])

    @decorators.idempotent_id('d9ff5349-ab9b-4f5e-a32a-8d07ee8c0574')
    def test_stranger_does_not_use_a_site(self):
        self.assertRaises(
            exceptions.BadRequest,
            self.stranger.site_credentials.create_credential,
            **self.credential_fields(),
        )
        self.refused(
            exceptions.BadRequest,
            'replication.unknown_site',
            self.stranger.replications.create_replication,
            **self.replication_fields(),
        )

    @decorators.idempotent_id('3fc5c1ea-7999-43c2-befa-ff7d7d2bd56e')
    def test_stranger_does_not_use_a_credential(self):
        """Not even a shared one, for a site that all projects see."""
        (home,) = self.stranger.sites.list_sites(home=True)['sites']
        self.refused(
            exceptions.BadRequest,
            'replication.unknown_credential',
            self.stranger.replications.create_replication,
            **{
                **self.replication_fields(),
                'source_site_id': home['id'],
                'target_site_ids': [self.own_site()],
                'credential_ids': [self.shared['id']],
            },
        )

    def own_site(self):
        site = self.create_site(self.stranger)
        self.create_credential(site['id'], self.stranger)
        return site['id']

    @decorators.idempotent_id('b96d5a3d-30fe-4a59-a64a-95cca5222e08')
    def test_projects_may_use_the_same_names(self):
        site = self.create_site(self.stranger, name=self.site['name'])
        self.assertNotEqual(self.site['id'], site['id'])
