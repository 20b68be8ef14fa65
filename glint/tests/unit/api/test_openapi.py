# SPDX-License-Identifier: Apache-2.0

"""Tests of the OpenAPI document."""

import json
from typing import Any

import openapi_spec_validator

from glint.api import openapi
from glint.api.controllers import root
from glint.api.schemas import error
from glint.api.validation import validator
from glint.tests.unit.api import base


class DocumentTest(base.TestCase):
    def setUp(self):
        super().setUp()
        self.document = json.loads(json.dumps(openapi.document()))

    def test_document_keeps_to_the_standard(self):
        openapi_spec_validator.validate(self.document)

    def test_document_has_every_call(self):
        described = {
            (method, path)
            for path, item in self.document['paths'].items()
            for method in item
            if method != 'parameters'
        }
        answered = {
            (method.lower(), path)
            for path, methods in root.ROUTES.items()
            for method in methods
        }
        self.assertEqual(answered, described)

    def test_calls_have_names_and_summaries_of_their_own(self):
        operations = [
            operation
            for item in self.document['paths'].values()
            for method, operation in item.items()
            if method != 'parameters'
        ]
        names = {operation['operationId'] for operation in operations}
        self.assertEqual(len(operations), len(names))
        self.assertIn('replications_create', names)
        for operation in operations:
            self.assertTrue(operation['summary'].endswith('.'), operation)

    def test_version_documents_need_no_token(self):
        open_to_all = {
            path
            for path, item in self.document['paths'].items()
            for method, operation in item.items()
            if method != 'parameters' and operation.get('security') == []
        }
        self.assertEqual(set(root.PUBLIC), open_to_all)

    def test_patterns_are_written_for_other_languages(self):
        self.assertNotIn(r'\Z', json.dumps(self.document))

    def test_dry_run_answers_200_with_the_plan(self):
        create = self.document['paths']['/v1/replications']['post']
        self.assertIn('copies', _fields(create, '202'))
        self.assertIn('targets', _fields(create, '200'))

    def test_what_was_made_is_linked_to_the_calls_on_it(self):
        create = self.document['paths']['/v1/replications']['post']
        self.assertEqual(
            {
                'replication_id': '$response.body#/id',
                'copy_id': '$response.body#/copies/0/id',
            },
            create['responses']['202']['links']['copies_retry']['parameters'],
        )

    def test_errors_are_as_they_are_described(self):
        find_fault = validator.make(error.response_body, 'the error')
        version = {'OpenStack-API-Version': 'image-replication 9.9'}
        for status, path, headers in (
            (404, '/v1/nothing', {}),
            (400, '/v1/sites?x=y', {}),
            (406, '/v1/sites', version),
        ):
            answer = self.call('GET', path, status=status, headers=headers)
            self.assertIsNone(find_fault(answer.json))


def _fields(operation: dict[str, Any], status: str) -> list[str]:
    content = operation['responses'][status]['content']
    return list(content['application/json']['schema']['properties'])
