# SPDX-License-Identifier: Apache-2.0

"""Secrets go in, and never come out."""

from tempest.lib import decorators
from tempest.lib import exceptions

from glint_tempest_plugin.tests import base

_CANARY = 'canary-5b0e91d2'


class SecrecyTest(base.CloudTest):
    """Whatever is asked for, no answer has the secret in it."""

    def setUp(self):
        super().setUp()
        self.answers = []

    def told(self, answer):
        self.answers.append(str(answer))
        return answer

    def assert_not_told(self, secret):
        self.assertTrue(self.answers)
        for answer in self.answers:
            self.assertNotIn(secret, answer)

    @decorators.attr(type='smoke')
    @decorators.idempotent_id('ac696b8d-75a5-4a7f-a809-4ae679f4af0d')
    def test_secret_that_works_is_in_no_answer(self):
        key = self.create_key(self.cloud)
        member = self.member
        site = self.create_site(**self.cloud.site())
        credential = self.told(self.create_credential(site['id'], **key))
        image = self.create_image()
        made = self.told(self.create_replication(image['id'], site['id']))
        done = self.told(self.await_state(made['id'], 'completed'))
        (copy,) = done['copies']
        clients = member.site_credentials
        self.told(clients.check_credential(credential['id']))
        self.told(clients.show_credential(credential['id']))
        self.told(clients.list_credentials())
        self.told(member.sites.show_site(site['id']))
        self.told(member.sites.list_sites())
        self.told(member.images.list_images(refresh=True))
        self.told(member.replications.list_replications())
        self.told(member.copies.list_copies(done['id']))
        self.told(member.copies.show_copy(done['id'], copy['id']))
        self.assert_not_told(key['auth']['application_credential_secret'])

    @decorators.attr(type='negative')
    @decorators.idempotent_id('b0ab5191-93da-4648-b601-d3481fd1825b')
    def test_secret_that_is_refused_is_in_no_answer(self):
        site = self.create_site(**self.cloud.site())
        account = self.cloud.password()
        account['auth']['password'] = _CANARY
        caught = self.assertRaises(
            exceptions.BadRequest,
            self.create_credential,
            site['id'],
            **account,
        )
        self.told(caught.resp_body)
        client = self.member.site_credentials
        kept = self.told(
            self.create_credential(site['id'], **account, check=False)
        )
        self.told(client.check_credential(kept['id']))
        self.told(client.show_credential(kept['id']))
        self.told(self.member.images.list_images(refresh=True))
        image = self.create_image()
        # One that is known to be refused is not even tried.
        caught = self.assertRaises(
            exceptions.Conflict,
            self.create_replication,
            image['id'],
            site['id'],
        )
        self.told(caught.resp_body)
        self.told(self.create_credential(site['id'], **account, check=False))
        made = self.create_replication(image['id'], site['id'])

        def has_failed(found):
            return found['copies'][0]['error']

        self.told(self.await_replication(made['id'], has_failed))
        self.assert_not_told(_CANARY)
