# SPDX-License-Identifier: Apache-2.0

"""Credentials."""

import io
import logging

from openstack import exceptions

from glintclient.tests.unit import base

SHOWN = base.sample('credential-show-response')
GIVEN = base.sample('credential-create-password-request')


class TestCredential(base.TestCase):
    def test_all_fields_are_read(self) -> None:
        self.server.get(f'{base.V1}/credentials/x', json=SHOWN)
        credential = self.client.get_credential('x')
        for key, value in SHOWN.items():
            self.assertEqual(value, getattr(credential, key), key)

    def test_create_keeps_no_secret(self) -> None:
        log = self._listen()
        self.server.post(f'{base.V1}/credentials', json=SHOWN, status_code=201)
        made = self.client.create_credential(**GIVEN)
        self.assertEqual(GIVEN, self.server.last_request.json())
        self.assertIsNone(made.auth)
        for text in (repr(made), str(made.to_dict()), log.getvalue()):
            self.assertNotIn('a secret', text)

    def test_update_sends_what_changes_and_keeps_no_secret(self) -> None:
        given = base.sample('credential-update-request')
        url = f'{base.V1}/credentials/{SHOWN["id"]}'
        self.server.get(url, json=SHOWN)
        self.server.patch(url, json=SHOWN | {'shared': False})
        log = self._listen()
        found = self.client.get_credential(SHOWN['id'])
        for credential in (SHOWN['id'], found):
            changed = self.client.update_credential(credential, **given)
            self.assertEqual('PATCH', self.server.last_request.method)
            self.assertEqual(given, self.server.last_request.json())
            self.assertFalse(changed.shared)
            for text in (str(changed.to_dict()), log.getvalue()):
                self.assertIn(SHOWN['id'], text)
                self.assertNotIn('another secret', text)

    def _listen(self) -> io.StringIO:
        """Keep what keystoneauth writes to the debug log."""
        log = io.StringIO()
        handler = logging.StreamHandler(log)
        logger = logging.getLogger('keystoneauth')
        logger.addHandler(handler)
        self.addCleanup(logger.removeHandler, handler)
        self._hear(logger)
        return log

    def _hear(self, logger: logging.Logger) -> None:
        before = logger.level
        logger.setLevel(logging.DEBUG)
        self.addCleanup(logger.setLevel, before)

    def test_check_tells_what_the_site_said(self) -> None:
        self.server.post(
            f'{base.V1}/credentials/x/check',
            json=SHOWN | {'state': 'unauthorized', 'detail': 'No.'},
        )
        found = self.client.check_credential('x')
        self.assertEqual(('unauthorized', 'No.'), (found.state, found.detail))

    def test_find_within_a_site(self) -> None:
        self.server.get(
            f'{base.V1}/credentials?site_id=s',
            json={'credentials': [SHOWN], 'links': []},
        )
        for name in (SHOWN['name'], SHOWN['id']):
            found = self.client.find_credential(name, site_id='s')
            self.assertEqual(SHOWN['id'], found.id)
        self.assertIsNone(self.client.find_credential('x', site_id='s'))
        self.assertRaises(
            exceptions.NotFoundException,
            self.client.find_credential,
            'x',
            ignore_missing=False,
            site_id='s',
        )

    def test_delete(self) -> None:
        self.server.delete(f'{base.V1}/credentials/x', status_code=204)
        self.client.delete_credential('x', ignore_missing=False)
