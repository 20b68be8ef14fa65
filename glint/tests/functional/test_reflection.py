# SPDX-License-Identifier: Apache-2.0

"""A site that repeats in its errors what it was told in confidence."""

import base64
from collections.abc import Callable
import html
import json
import os
import re
import urllib.parse

from glint.tests.functional import faults
from glint.tests.functional import faulty
from glint.tests.functional import proxy as proxies

Form = Callable[[str], str]

FORMS: dict[str, Form] = {
    'as it is': lambda s: f'Do not know {s} at all',
    'lines': lambda s: 'Do not know ' + s.replace('  ', '\r\n   '),
    'URL': lambda s: '/login?secret=' + urllib.parse.quote(s, safe=''),
    'JSON': lambda s: json.dumps({'error': {'message': f'Bad {s}'}}),
    'JSON in JSON': lambda s: json.dumps({'message': json.dumps([s])}),
    'page': lambda s: f'<html><body>{html.escape(s)}</body></html>',
    'header': lambda s: f'X-Auth-Token: {s}',
    'bearer': lambda s: f'Authorization: Bearer {s}',
    'basic': lambda s: (
        'Authorization: Basic '
        + base64.b64encode(f'demo:{s}'.encode()).decode()
    ),
    'far below': lambda s: ' ' * 3000 + s,
}


class ReflectionTest(faulty.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]
        self.secret = f'two  blanks "quotes" & {os.urandom(8).hex()}'
        self.key = self.application_credential(self.cloud, secret=self.secret)

    def _add(self, **site: str) -> str:
        """Register a site and a credential that is not checked yet.

        :returns: the path of the credential.
        """
        site_id = self.call(
            'POST', '/v1/sites', 201, name='mirror', **site
        ).json['id']
        made = self.call(
            'POST',
            '/v1/credentials',
            201,
            site_id=site_id,
            name='key',
            auth_type='v3applicationcredential',
            auth={
                'application_credential_id': self.key['id'],
                'application_credential_secret': self.key['secret'],
            },
            check=False,
        )
        return f'/v1/credentials/{made.json["id"]}'

    def _check(self, path: str, fault: faults.Fault) -> str:
        """Have the credential checked, and return what was said."""
        answer = self.call('POST', f'{path}/check', 200)
        fault.end()
        self.assertTrue(fault.hit.is_set())
        self.assertIn('***', answer.json['detail'])
        return answer.text + self.call('GET', path, 200).text

    def _assert_hidden(self, secret: str, *texts: str) -> None:
        words = [word.strip('"') for word in secret.split() if len(word) > 4]
        for text in (*texts, self.logs.output):
            for shown in (text, urllib.parse.unquote(text)):
                for word in words:
                    self.assertNotIn(word, shown)

    def test_secret_stays_hidden(self) -> None:
        proxy = self.useFixture(
            proxies.Proxy(self.cloud.auth_url.removesuffix('/v3'))
        )
        path = self._add(auth_url=f'{proxy.url}/v3')
        for name, form in FORMS.items():
            with self.subTest(name):
                fault = faults.Reflect(
                    faults.ANY,
                    401,
                    lambda _head, form=form: form(self.secret),
                )
                told = self._check(path, proxy.inject(fault))
                self._assert_hidden(self.secret, told)

    def test_token_stays_hidden(self) -> None:
        proxy = self.useFixture(proxies.Proxy(self.cloud.image_url))
        region = self.useFixture(faulty.Region(self.cloud, proxy.url)).name
        path = self._add(auth_url=self.cloud.auth_url, region_name=region)

        def token(head: str) -> str:
            found = re.search('(?i)^x-auth-token: (.*?)\r$', head, re.M)
            assert found
            return found[1]

        for name, form in FORMS.items():
            with self.subTest(name):
                fault = faults.Reflect(
                    faults.ANY, 418, lambda head, form=form: form(token(head))
                )
                told = self._check(path, proxy.inject(fault))
                for exchange in proxy.exchanges:
                    self.assertTrue(exchange.token)
                    self._assert_hidden(exchange.token, told)
