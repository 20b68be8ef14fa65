# SPDX-License-Identifier: Apache-2.0

"""Who may call what, with the tokens of a real Keystone."""

from typing import Any

from keystoneauth1 import adapter
from keystoneauth1 import session

from glint.tests import rbac
from glint.tests.integration import base
from glint.tests.integration import identity
from glint.tests.integration import stack as stacks

#: The roles that a persona has, and that Keystone adds others to.
ROLES = {
    'admin': 'admin',
    'manager': 'manager',
    'member': 'member',
    'colleague': 'member',
    'reader': 'reader',
    'service': 'service',
    'stranger': 'member',
}


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.identity = self.useFixture(identity.Identity(self.lab.home))
        self.ours = self.identity.add_project()
        self.clients = {'nobody': adapter.Adapter(session.Session())}
        for persona in rbac.PERSONAS:
            if persona != 'nobody':
                self.clients[persona] = self._client(persona)

    def settings(self) -> str:
        # No conductor runs.
        return '[api]\nconductor_timeout = 1\nlisting_wait = 0.1\n'

    def _client(self, persona: str) -> adapter.Adapter:
        project = self.ours
        if persona in ('admin', 'stranger'):
            project = self.identity.add_project()
        role = ROLES.get(persona) or self.identity.add_role()
        account = self.identity.add_user(project, role)
        return stacks.client(account, self.url)

    def call(
        self,
        persona: str,
        method: str,
        path: str,
        body: Any = None,
        headers: Any = None,
    ) -> Any:
        return self.clients[persona].request(
            self.url + path,
            method,
            json=body,
            headers={**rbac.HEADERS, **(headers or {})},
            raise_exc=False,
            authenticated=persona != 'nobody',
        )

    def make(self, path: str, persona: str = 'member', **body: Any) -> Any:
        answer = self.call(persona, 'POST', f'/v1/{path}', body)
        self.assertIn(answer.status_code, (201, 202), answer.text)
        return answer.json()


class TableTest(TestCase):
    """The table of the unit tests holds."""

    def things(self, number: int) -> dict[str, str]:
        """Make what is called for."""

        def site(name: str, persona: str = 'member', **more: Any) -> str:
            url = 'https://site.example.org/v3'
            name = f'{name}-{number}'
            return str(
                self.make('sites', persona, name=name, auth_url=url, **more)[
                    'id'
                ]
            )

        def credential(site_id: str, name: str, shared: bool) -> str:
            body = rbac.credential(site_id, name) | {'shared': shared}
            return str(self.make('credentials', **body)['id'])

        def rule() -> str:
            name = f'rule-{number}'
            return str(self.make('rules', **rbac.rule(target, name))['id'])

        def replication() -> Any:
            return self.make('replications', **rbac.replication(target))

        own, target = site('own'), site('target')
        credential(target, 'for-all', True)
        names = {
            'site': own,
            'target': target,
            'public': site('public', 'admin', shared=True),
            'shared': credential(own, 'shared', True),
            'credential': credential(own, 'mine', False),
            'private': credential(target, 'mine', False),
        }
        active, finished = replication(), replication()
        path = f'/v1/replications/{finished["id"]}/cancel'
        self.assertEqual(202, self.call('member', 'PUT', path).status_code)
        ours = rule()
        path = f'/v1/rules/{ours}/execute'
        execution = self.call('member', 'PUT', path, {}).json()
        return {
            **names,
            'replication': active['id'],
            'finished': finished['id'],
            'copy': active['copies'][0]['id'],
            'rule': ours,
            'execution': execution['id'],
        }

    def test_each_persona_gets_what_the_table_says(self) -> None:
        for number, persona in enumerate(rbac.PERSONAS):
            names = self.things(number)
            expected = rbac.expected(persona)
            actual = {
                (method, path): self.call(
                    persona,
                    method,
                    rbac.address(path, names),
                    rbac.body(method, path, names),
                ).status_code
                for method, path in expected
            }
            self.assertEqual(expected, actual, persona)
            self._clear(names)

    def _clear(self, names: dict[str, str]) -> None:
        """Make room for the next persona, who adds what has these names."""
        for site in self.call('admin', 'GET', '/v1/sites').json()['sites']:
            if site['name'] == 'all':
                path = f'/v1/sites/{site["id"]}'
                self.call('admin', 'DELETE', path)
        for persona in ('member', 'admin', 'stranger'):
            sites = self.call(persona, 'GET', '/v1/sites').json()['sites']
            for site in sites:
                if site['name'] == 'new':
                    self.call(persona, 'DELETE', f'/v1/sites/{site["id"]}')
            rules = self.call(persona, 'GET', '/v1/rules').json()['rules']
            for rule in rules:
                if rule['name'] in ('new', 'removes'):
                    self.call(persona, 'DELETE', f'/v1/rules/{rule["id"]}')


class ServiceTokenTest(TestCase):
    """A service may stand by a user, and adds no right of its own."""

    SITE = {'name': 'n', 'auth_url': 'https://site.example.org/v3'}

    def answer(self, persona: str, service: str, *call: Any) -> int:
        token = self.clients[service].session.get_token()
        headers = {'X-Service-Token': token}
        return int(self.call(persona, *call, headers=headers).status_code)

    def test_only_a_service_can_stand_by_and_adds_no_right(self) -> None:
        create = ('POST', '/v1/sites', self.SITE)
        self.assertEqual(403, self.answer('reader', 'service', *create))
        self.assertEqual(201, self.answer('member', 'service', *create))
        index = ('GET', '/v1/sites')
        for other in ('colleague', 'admin'):
            self.assertEqual(401, self.answer('member', other, *index))
        # It is no token of a user either.
        self.assertEqual(401, self.answer('nobody', 'service', *index))
