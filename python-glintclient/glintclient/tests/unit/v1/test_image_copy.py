# SPDX-License-Identifier: Apache-2.0

"""Copies."""

from openstack import exceptions

from glintclient.tests.unit import base

SHOWN = base.sample('copy-show-response')
URL = f'{base.V1}/replications/r/copies'


class TestImageCopy(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.server.get(URL, json=base.sample('copy-index-response'))
        self.server.get(f'{URL}/{SHOWN["id"]}', json=SHOWN)

    def test_all_fields_are_read(self) -> None:
        found = self.client.get_copy(SHOWN['id'], 'r')
        for key, value in SHOWN.items():
            self.assertEqual(value, getattr(found, key), key)

    def test_copy_of_a_list_knows_its_replication(self) -> None:
        (copy,) = self.client.copies('r', state='copying')
        self.assertEqual({'state': ['copying']}, self.last_query())
        self.assertEqual(2, self.client.get_copy(copy).attempts)

    def test_cancel_and_retry(self) -> None:
        (copy,) = self.client.copies('r')
        for verb, act in (
            ('cancel', self.client.cancel_copy),
            ('retry', self.client.retry_copy),
        ):
            answer = base.sample('copy-update-response') | {'state': verb}
            url = f'{URL}/{SHOWN["id"]}/{verb}'
            self.server.put(url, json=answer, status_code=202)
            self.assertEqual(verb, act(copy).state)
            self.assertEqual(verb, act(SHOWN['id'], 'r').state)

    def test_id_without_a_replication_is_refused(self) -> None:
        self.assertRaises(ValueError, self.client.get_copy, SHOWN['id'])

    def test_find_by_id_and_by_site(self) -> None:
        self.server.get(
            f'{base.V1}/sites', json=base.sample('site-index-response')
        )
        for name in (SHOWN['id'], SHOWN['target_site_id'], 'north'):
            self.assertEqual(
                SHOWN['history'], self.client.find_copy(name, 'r').history
            )
        self.assertRaises(
            exceptions.NotFoundException, self.client.find_copy, 'home', 'r'
        )
