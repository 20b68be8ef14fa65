# SPDX-License-Identifier: Apache-2.0

"""The API reference says what the API does."""

import json
import pathlib
import re

from glint import exception
from glint.api.controllers import root
from glint.api.schemas import credential
from glint.api.schemas import execution
from glint.api.schemas import image
from glint.api.schemas import image_copy
from glint.api.schemas import plan
from glint.api.schemas import replica
from glint.api.schemas import replication
from glint.api.schemas import rule
from glint.api.schemas import site
from glint.api.schemas import version
from glint.api.validation import validator
from glint.tests import base

SOURCE = pathlib.Path(__file__).parents[4] / 'api-ref' / 'source'

SCHEMAS = {
    'version-index-response': version.index_response_body,
    'version-show-response': version.show_response_body,
    'site-index-response': site.index_response_body,
    'site-create-request': site.create_request_body,
    'site-update-request': site.update_request_body,
    'site-show-response': site.show_response_body,
    'credential-index-response': credential.index_response_body,
    'credential-create-request': credential.create_request_body,
    'credential-create-password-request': credential.create_request_body,
    'credential-update-request': credential.update_request_body,
    'credential-show-response': credential.show_response_body,
    'image-index-response': image.index_response_body,
    'replication-index-response': replication.index_response_body,
    'replication-create-request': replication.create_request_body,
    'replication-create-response': replication.show_response_body,
    'replication-update-request': replication.update_request_body,
    'replication-show-response': replication.show_response_body,
    'plan-show-response': plan.show_response_body,
    'copy-index-response': image_copy.index_response_body,
    'copy-show-response': image_copy.show_response_body,
    'copy-update-response': image_copy.response_body,
    'rule-index-response': rule.index_response_body,
    'rule-create-request': rule.create_request_body,
    'rule-update-request': rule.update_request_body,
    'rule-show-response': rule.show_response_body,
    'rule-execute-request': rule.execute_request_body,
    'replica-index-response': replica.index_response_body,
    'execution-index-response': execution.index_response_body,
    'execution-create-response': execution.response_body,
    'execution-show-response': execution.show_response_body,
}


def _errors(error):
    yield error
    for kind in error.__subclasses__():
        yield from _errors(kind)


class ReferenceTest(base.TestCase):
    def setUp(self):
        super().setUp()
        self.text = ''.join(
            path.read_text() for path in sorted(SOURCE.glob('*.inc'))
        )

    def test_every_sample_keeps_to_its_schema(self):
        for name, schema in SCHEMAS.items():
            path = SOURCE / 'samples' / f'{name}.json'
            fault = validator.make(schema, name)(json.loads(path.read_text()))
            self.assertIsNone(fault, name)

    def test_every_sample_is_checked_and_shown(self):
        names = {path.stem for path in (SOURCE / 'samples').iterdir()}
        self.assertEqual({*SCHEMAS, 'error-response'}, names)
        shown = re.findall(r'literalinclude:: samples/(.*)\.json', self.text)
        self.assertEqual(names, set(shown))

    def test_every_call_is_described(self):
        described = re.findall(r'rest_method:: (\w+) (\S+)', self.text)
        calls = [
            (method, path)
            for path, methods in root.ROUTES.items()
            for method in methods
        ]
        self.assertEqual(sorted(calls), sorted(described))

    def test_every_code_of_an_error_is_listed(self):
        listed = re.findall(
            r'\* - (\d+)\n     - ``image-replication\.(\S+)``', self.text
        )
        codes = [
            (str(error.status), error.code)
            for error in _errors(exception.GlintException)
        ]
        self.assertEqual(sorted(codes), sorted(listed))

    def test_every_page_is_in_the_index(self):
        index = (SOURCE / 'index.rst').read_text()
        self.assertEqual(
            sorted(path.name for path in SOURCE.glob('*.inc')),
            sorted(re.findall(r'include:: (\S+)', index)),
        )
