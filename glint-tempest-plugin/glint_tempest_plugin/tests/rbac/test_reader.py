# SPDX-License-Identifier: Apache-2.0

"""A reader looks, and changes nothing."""

from tempest.lib import decorators

from glint_tempest_plugin.tests.rbac import base


class ReaderTest(base.RbacTest):
    credentials = ['project_member', 'project_reader']

    @classmethod
    def setup_clients(cls):
        super().setup_clients()
        cls.reader = cls.as_persona(cls.os_project_reader)

    @decorators.attr(type='smoke')
    @decorators.idempotent_id('99598fbb-addf-4e0a-a7ba-1d9641333c5e')
    def test_reader_sees_sites(self):
        client = self.reader.sites
        self.assertIn(self.site['id'], self.ids(client.list_sites()))
        shown = client.show_site(self.site['id'])
        self.assertEqual(self.site['name'], shown['name'])

    @decorators.idempotent_id('c3c484ae-245c-42b5-830b-f4cb5f63136f')
    def test_reader_changes_no_site(self):
        client = self.reader.sites
        self.forbidden(client.create_site, **self.site_fields())
        self.forbidden(client.update_site, self.site['id'], description='x')
        self.forbidden(client.delete_site, self.site['id'])

    @decorators.idempotent_id('abd1c82d-8c37-4504-9306-3e7511c528c9')
    def test_reader_sees_shared_credentials_alone(self):
        client = self.reader.site_credentials
        listed = self.ids(client.list_credentials())
        self.assertIn(self.shared['id'], listed)
        self.assertNotIn(self.private['id'], listed)
        client.show_credential(self.shared['id'])
        self.not_found(client.show_credential, self.private['id'])

    @decorators.idempotent_id('9aa47a84-ea34-4aab-955e-68d2555fee3c')
    def test_reader_changes_no_credential(self):
        client = self.reader.site_credentials
        self.forbidden(client.create_credential, **self.credential_fields())
        self.forbidden(client.check_credential, self.shared['id'])
        self.forbidden(client.delete_credential, self.shared['id'])
        self.not_found(client.delete_credential, self.private['id'])

    @decorators.idempotent_id('4b7d129c-d088-4a99-9210-929476a8f94b')
    def test_reader_sees_replications(self):
        listed = self.reader.replications.list_replications()
        self.assertIn(self.replication['id'], self.ids(listed))
        self.reader.replications.show_replication(self.replication['id'])
        listed = self.reader.copies.list_copies(self.replication['id'])
        self.assertEqual([self.copy['id']], self.ids(listed))
        self.reader.copies.show_copy(self.replication['id'], self.copy['id'])

    @decorators.idempotent_id('1cc47eb9-17c8-4103-a2d6-9c0dd4f12cc3')
    def test_reader_changes_no_replication(self):
        client = self.reader.replications
        self.forbidden(client.create_replication, **self.replication_fields())
        self.forbidden(client.plan_replication, **self.replication_fields())
        for call in (
            client.cancel_replication,
            client.retry_replication,
            client.delete_replication,
        ):
            self.forbidden(call, self.replication['id'])
        for call in (
            self.reader.copies.cancel_copy,
            self.reader.copies.retry_copy,
        ):
            self.forbidden(call, self.replication['id'], self.copy['id'])

    @decorators.idempotent_id('65f0063e-26ba-4b3d-843c-eba1013f7ce8')
    def test_reader_sees_images(self):
        self.reader.images.list_images()
