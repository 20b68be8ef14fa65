# SPDX-License-Identifier: Apache-2.0

"""What the tests of the calls on rules share."""

import datetime
from typing import Any

import webtest

from glint.tests.unit.api import base

_VERSION = {'OpenStack-API-Version': 'image-replication 1.1'}


class TestCase(base.TestCase):
    """A test with a site to the west, for which all have a credential."""

    def setUp(self) -> None:
        super().setUp()
        self.add_home_credential(shared=True)
        self.west = self.add_site('west')['id']
        self.add_credential(self.west, shared=True)
        self.private = self.add_credential(self.west)['id']

    def call(
        self, method: str, path: str, body: Any = None, *args: Any, **more: Any
    ) -> webtest.TestResponse:
        headers = {**_VERSION, **(more.pop('headers', None) or {})}
        return super().call(method, path, body, *args, headers=headers, **more)

    def body(self, **values: Any) -> dict[str, Any]:
        return {
            'name': 'ubuntu-everywhere',
            'target_site_ids': [self.west],
            'select': {'names': ['ubuntu-*']},
            **values,
        }

    def add_rule(
        self, persona: str = 'member', **values: Any
    ) -> dict[str, Any]:
        return dict(
            self.call(
                'POST', '/v1/rules', self.body(**values), persona, 201
            ).json
        )

    def execute(self, rule: dict[str, Any], **body: Any) -> dict[str, Any]:
        path = f'/v1/rules/{rule["id"]}/execute'
        return dict(self.call('PUT', path, body, status=202).json)

    def executions(self, rule: dict[str, Any]) -> list[dict[str, Any]]:
        path = f'/v1/rules/{rule["id"]}/executions'
        return list(self.call('GET', path).json['executions'])

    def moment(self, text: str) -> datetime.datetime:
        return datetime.datetime.fromisoformat(text)
