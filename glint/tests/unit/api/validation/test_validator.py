# SPDX-License-Identifier: Apache-2.0

import json

import ddt

from glint.api.schemas import credential
from glint.api.schemas import replication
from glint.api.schemas import site
from glint.api.schemas import types
from glint.api.validation import validator
from glint.tests import base

SITE_ID = '11111111-2222-4333-8444-555555555555'
CANARY = 'canary-71d2'

CREDENTIAL = {
    'site_id': SITE_ID,
    'name': 'key',
    'auth_type': 'v3password',
    'auth': {
        'user_id': 'u',
        'password': CANARY,
        'project_id': 'p',
    },
}


def _fault(schema, value):
    return validator.make(schema, 'the body')(value)


@ddt.ddt
class NameTest(base.TestCase):
    @ddt.data('a', ' a ', 'Größe ☃', 'a: b,c', '\u05d0\u200f', 'x' * 255)
    def test_line_of_text_is_one(self, name):
        self.assertIsNone(_fault(types.NAME, name))

    @ddt.data(
        *(range(0x20)),
        *(range(0x7F, 0xA0)),
        *(range(0x2028, 0x202F)),
        *(range(0x2066, 0x206A)),
    )
    def test_control_character_is_none(self, number):
        for name in (chr(number), f'a{chr(number)}b'):
            self.assertIsNotNone(_fault(types.NAME, name), repr(name))


@ddt.ddt
class WordsTest(base.TestCase):
    @ddt.data(
        ([], 'the body is not of the type object.'),
        ({}, 'the body lacks name, auth_url.'),
        (
            {'name': 'a', 'auth_url': 'https://a', 'x': 1, 'b': 2},
            'the body has keys that are not known: b, x.',
        ),
        (
            {'name': 'a', 'auth_url': 'https://a', 'interface': 'nosy'},
            'interface is not one of public, internal, admin.',
        ),
        (
            {'name': '', 'auth_url': 'https://a'},
            'name is shorter than 1 characters.',
        ),
        (
            {'name': 'a' * 256, 'auth_url': 'https://a'},
            'name is longer than 255 characters.',
        ),
        (
            {'name': 'a', 'auth_url': 'https://a', 'description': 1},
            'description is not of the type string or null.',
        ),
        (
            {'name': 'a', 'auth_url': 'nonsense'},
            'auth_url is not an address as https://keystone.example.org/v3: '
            'http or https, without user, query and fragment.',
        ),
    )
    @ddt.unpack
    def test_fault_is_named(self, value, words):
        self.assertEqual(words, _fault(site.create_request_body, value))

    def test_nested_fault_is_named_with_its_path(self):
        self.assertEqual(
            'options.properties.set.os_distro is not of the type string.',
            _fault(
                replication.create_request_body,
                {
                    'image_id': SITE_ID,
                    'target_site_ids': [SITE_ID],
                    'options': {'properties': {'set': {'os_distro': 1}}},
                },
            ),
        )

    def test_alternatives_are_named(self):
        self.assertEqual(
            'auth needs user_id, or username and user_domain_id, or username '
            'and user_domain_name.',
            _fault(
                credential.create_request_body,
                {**CREDENTIAL, 'auth': {'password': 'x', 'project_id': 'p'}},
            ),
        )

    def test_good_value_has_no_fault(self):
        self.assertIsNone(_fault(credential.create_request_body, CREDENTIAL))


@ddt.ddt
class SecretsTest(base.TestCase):
    """Whatever is wrong with a credential, its values are not repeated."""

    @ddt.data(
        CANARY,
        [CANARY],
        {'password': [CANARY]},
        {'password': {CANARY: CANARY}},
        {'password': CANARY * 1000},
        {'password': CANARY, 'user_id': 1},
        {'password': CANARY, 'user_id': CANARY * 100},
        {'password': CANARY, 'user_id': 'u'},
        {'password': CANARY, 'user_id': 'u', 'project_id': ''},
        {'password': CANARY, 'user_id': 'u', 'project_id': 'p', 'x': CANARY},
    )
    def test_fault_in_auth_has_no_value(self, auth):
        fault = _fault(
            credential.create_request_body, {**CREDENTIAL, 'auth': auth}
        )
        self.assertIsNotNone(fault)
        self.assertNotIn(CANARY, fault)

    def test_fault_elsewhere_has_no_value(self):
        for key in CREDENTIAL:
            for value in (CANARY, [CANARY], {'a': CANARY}, CANARY * 99):
                if key == 'name' and value == CANARY:
                    continue
                body = {**CREDENTIAL, key: value}
                fault = _fault(credential.create_request_body, body)
                self.assertIsNotNone(fault, json.dumps(body))
                self.assertNotIn(CANARY, fault)
