# SPDX-License-Identifier: Apache-2.0

"""What is secret is nowhere outside of where it is kept."""

import base64
from collections.abc import Iterator
import os
import signal
from typing import Any
import uuid

import sqlalchemy as sa

from glint.tests import waiting
from glint.tests.integration import base
from glint.tests.integration import stack as stacks
from glint.tests.integration import wiretap

_SINKS = ('answers', 'database', 'logs', 'messages', 'reports')


def disguises(secret: str) -> Iterator[str]:
    """Give the forms in which a secret can be recognised."""
    plain = secret.encode()
    yield secret
    yield plain.hex()
    for shift in range(3):
        # The first and the last characters depend on what is beside it.
        coded = base64.b64encode(b'\0' * shift + plain).decode()
        yield coded[4 if shift else 0 : -4].rstrip('=')


class SecrecyTest(base.TestCase):
    def prepare(self) -> None:
        self.tap = self.useFixture(
            wiretap.Wiretap(self.lab.services['rabbitmq'])
        )
        self.stack.transport_url = self.tap.url
        if self.BACKEND == 'castellan':
            self.stack.secrets_backend = self.BACKEND
        self.trigger = self.stack.folder / 'report-wanted'
        self.trigger.touch()
        self.stack.reports = f'file_event_handler = {self.trigger}'
        self.request_id = f'req-{uuid.uuid4()}'
        self.marker = f'marker-{uuid.uuid4().hex}'
        self.answers: list[str] = []
        self.secrets: dict[str, str] = {}

    BACKEND = 'fernet'

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        """Ask the API, and keep all that it answers."""
        answer = self.glint.request(
            path,
            method,
            headers={'X-OpenStack-Request-ID': self.request_id},
            **arguments,
        )
        self.answers.append(f'{dict(answer.headers)} {answer.text}')
        return answer

    def _add(self, site_id: str, auth_type: str, **auth: str) -> list[int]:
        """Register a credential in right and in wrong ways.

        :returns: the codes of the answers.
        """
        body = {
            'site_id': site_id,
            'name': f'{self.marker}-{auth_type}',
            'auth_type': auth_type,
            'auth': auth,
        }
        path = '/v1/credentials'
        tries = (
            body,
            {**body, 'name': f'{auth_type}-unchecked', 'check': False},
            {**body, 'name': f'{auth_type}-unchecked', 'check': False},
            {**body, 'auth': {**auth, 'unknown': auth[self._secret(auth)]}},
            {**body, 'auth_type': auth[self._secret(auth)]},
        )
        return [self.call('POST', path, json=one).status_code for one in tries]

    @staticmethod
    def _secret(auth: dict[str, str]) -> str:
        (name,) = (n for n in auth if n.endswith(('secret', 'password')))
        return name

    def _plant(self) -> str:
        """Use secrets of each kind, those that work and those that do not.

        :returns: a site that can be copied to.
        """
        west, east = self.lab.clouds[1:3]
        sites = {}
        for cloud in (west, east):
            answer = self.call(
                'POST',
                '/v1/sites',
                json={
                    'name': f'{cloud.name}-{os.urandom(4).hex()}',
                    'auth_url': cloud.auth_url,
                    'region_name': cloud.region_name,
                },
            )
            sites[cloud.name] = answer.json()['id']
            self.addCleanup(self.delete_site, sites[cloud.name])
        member = west.member
        place = {
            'username': member.username,
            'user_domain_name': member.user_domain_name,
            'project_name': member.project_name,
            'project_domain_name': member.project_domain_name,
        }
        self.secrets['password'] = member.password
        self.secrets['wrong password'] = f'canary-{uuid.uuid4().hex}'
        self.secrets['client secret'] = f'canary-{uuid.uuid4().hex}'
        app_id, secret = self._application_credential(east)
        self.secrets['application credential'] = secret
        self.assertEqual(
            [201, 201, 409, 400, 400],
            self._add(
                sites[west.name],
                'v3password',
                password=member.password,
                **place,
            ),
        )
        self.assertEqual(
            [201, 201, 409, 400, 400],
            self._add(
                sites[east.name],
                'v3applicationcredential',
                application_credential_id=app_id,
                application_credential_secret=secret,
            ),
        )
        # There is no such endpoint.
        self.assertEqual(
            [400, 201, 409, 400, 400],
            self._add(
                sites[east.name],
                'v3oidcclientcredentials',
                client_id='glint',
                client_secret=self.secrets['client secret'],
                identity_provider='idp',
                protocol='openid',
                access_token_endpoint=f'{west.auth_url}/token',
                project_id=east.member.project_id,
            ),
        )
        self.call(
            'POST',
            '/v1/credentials',
            json={
                'site_id': sites[west.name],
                'name': 'wrong',
                'auth_type': 'v3password',
                'auth': {
                    **place,
                    'password': self.secrets['wrong password'],
                },
                'check': False,
            },
        )
        return sites[west.name]

    def _application_credential(self, cloud: Any) -> tuple[str, str]:
        session = cloud.member.session()
        url = (
            f'{cloud.auth_url}/users/{cloud.member.user_id}'
            '/application_credentials'
        )
        made = session.post(
            url, json={'application_credential': {'name': self.marker}}
        ).json()['application_credential']
        self.addCleanup(session.delete, f'{url}/{made["id"]}')
        return made['id'], made['secret']

    def _use(self, site_id: str) -> None:
        """Copy an image, check everything, and show everything."""
        image_id, _digest = self.make_image(base.MIB)
        self.addCleanup(self.remove_made, image_id)
        asked = self.call(
            'POST',
            '/v1/replications',
            json={'image_id': image_id, 'target_site_ids': [site_id]},
        )
        self.await_state(asked.json()['id'], 'completed')
        listed = self.call('GET', '/v1/credentials').json()['credentials']
        for item in listed:
            self.call('POST', f'/v1/credentials/{item["id"]}/check')
            self.call('GET', f'/v1/credentials/{item["id"]}')
        for path in ('credentials', 'sites', 'replications'):
            self.call('GET', f'/v1/{path}')
        states = self.stack.rows('SELECT state FROM credentials')
        self.assertIn(('unauthorized',), states)

    def _sinks(self) -> dict[str, str]:
        """Return all that came out of Glint."""
        return {
            'answers': '\n'.join(self.answers),
            'database': self._dump(),
            'logs': self.stack.everything_written(),
            'messages': self.tap.heard.decode('latin-1'),
            'reports': self._reports(),
        }

    def _dump(self) -> str:
        inspector = sa.inspect(self.stack.engine())
        names = inspector.get_table_names()
        self.assertIn('credentials', names)
        return '\n'.join(
            str(row)
            for name in names
            for row in self.stack.rows(f'SELECT * FROM {name}')
        )

    def _reports(self) -> str:
        """Have the processes write what they are about."""
        self.trigger.touch()
        found = waiting.until(
            self._complete_reports, 60, 'reports of API and conductor'
        )
        return '\n'.join(found)

    def _complete_reports(self) -> list[str]:
        found = []
        for kind in ('glint-api', 'glint-conductor'):
            texts = [
                path.read_text()
                for path in self.stack.folder.glob(f'{kind}-*_gurumed*')
            ]
            if not any('service_user:' in text for text in texts):
                return []
            found += texts
        return found

    def test_no_secret_comes_out_of_anything(self) -> None:
        self.stack.start_conductor()
        self._use(self._plant())
        service = self.lab.glint.password
        token = self.glint.session.get_token()
        sinks = self._sinks()
        self.addDetail(
            'figures',
            stacks.text(str({k: len(v) for k, v in sinks.items()})),
        )
        # What is searched for in vain has to be found where it is.
        for sink, planted in {
            'answers': self.marker,
            'database': self.marker,
            'logs': self.request_id,
            'messages': self.request_id,
            'reports': str(self.stack.folder),
        }.items():
            self.assertIn(planted, sinks[sink], sink)
        self.assertIn('check_credential', sinks['messages'])
        self.assertIn(' DEBUG ', sinks['logs'])
        hidden = {
            **self.secrets,
            "Glint's password": service,
            'token': token,
        }
        for name, secret in hidden.items():
            for sink in _SINKS:
                out = any(form in sinks[sink] for form in disguises(secret))
                # A failure must not show what it is about.
                self.assertFalse(out, f'The {name} is in the {sink}.')
        for url in (self.tap.url, self.stack.database):
            password = sa.make_url(url).password
            for sink in ('answers', 'database', 'logs', 'reports'):
                self.assertFalse(str(password) in sinks[sink], sink)


class SecrecyWithBarbicanTest(SecrecyTest):
    BACKEND = 'castellan'


class SignalTest(base.TestCase):
    def test_conductor_reports_at_a_signal_and_goes_on(self) -> None:
        conductor = self.stack.start_conductor()
        os.killpg(conductor.pid, signal.SIGUSR2)
        waiting.until(
            lambda: any(
                'dispatcher.py' in path.read_text()
                for path in self.stack.folder.glob('glint-conductor-*_guru*')
            ),
            60,
            'report',
        )
        self.assertIsNone(conductor.poll())
        self.add_site(self.lab.clouds[1])
