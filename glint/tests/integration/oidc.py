# SPDX-License-Identifier: Apache-2.0

"""A Keystone that people and programs log in at by OpenID Connect.

Apache's mod_auth_openidc takes an access token, asks the provider what it is,
and passes that on to a Keystone, as in clouds with federated users. The
Keystone has the database and the keys of a cloud of the lab. Apache does not
verify the provider's certificate, which its user may not be able to read.
"""

import contextlib
import os
import pathlib
import re
import secrets
import subprocess
import sys
from typing import Any
import uuid

import fixtures
import requests

from glint.tests import ports
from glint.tests import waiting
from glint.tests.integration import lab as labs
from glint.tests.unit.image import certificates

_APACHE = '/usr/sbin/apache2'
_PROTOCOL = 'mapped'
_ISSUER = 'glint-test'

_CONFIG = """\
ServerRoot {folder}
ServerName 127.0.0.1
PidFile {folder}/apache.pid
ErrorLog {folder}/apache.log
Listen 127.0.0.1:{port}
User www-data
Group www-data
Mutex file:{folder}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule env_module {modules}/mod_env.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_uwsgi_module {modules}/mod_proxy_uwsgi.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
OIDCCryptoPassphrase {passphrase}
OIDCOAuthClientID {server_id}
OIDCOAuthClientSecret {server_secret}
OIDCOAuthIntrospectionEndpoint {provider}/o/introspect/
OIDCOAuthIntrospectionEndpointAuth client_secret_basic
OIDCOAuthRemoteUserClaim client_id
OIDCOAuthSSLValidateServer Off
OIDCHTTPTimeoutShort 60
OIDCHTTPTimeoutLong 60
ProxyPass / uwsgi://127.0.0.1:{keystone_port}/
<Location /v3/OS-FEDERATION/identity_providers/{identity_provider}/protocols>
  AuthType oauth20
  Require valid-user
  SetEnv OIDC_ISSUER {issuer}
</Location>
"""


class Federation(fixtures.Fixture):
    """A provider, and a Keystone of a cloud that trusts it.

    :param lab: the lab.
    :param cloud: where those who log in are members of the member's project.
    :ivar auth_url: of this Keystone.
    :ivar ca_cert: of the provider's authority.
    :ivar auth: what a program logs in with.
    :ivar token_endpoint: of the provider.
    :ivar discovery_endpoint: of the provider.
    """

    def __init__(self, lab: labs.Lab, cloud: labs.Cloud) -> None:
        self._uwsgi = lab.venv / 'bin' / 'uwsgi'
        self._cloud = cloud
        self._model = cloud.logs['keystone'].parent / 'keystone'

    def _setUp(self) -> None:
        self._folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self._name = f'oidc-{uuid.uuid4().hex}'
        self._server_secret = secrets.token_hex()
        client_secret = secrets.token_hex()
        self._provide(client_secret)
        self._federate()
        self._start_keystone()
        self._start_apache()
        self.auth = {
            'client_id': 'glint',
            'client_secret': client_secret,
            'identity_provider': self._name,
            'protocol': _PROTOCOL,
            'project_id': self._cloud.member.project_id,
        }

    def _provide(self, client_secret: str) -> None:
        # mod_auth_openidc asks no provider without TLS.
        authority = certificates.Authority()
        authority.serve(str(self._folder))
        self.ca_cert = authority.pem
        (self._folder / 'ca.pem').write_text(authority.pem)
        port = ports.free_port()
        process = self._start(
            sys.executable,
            pathlib.Path(__file__).with_name('oidc_provider.py'),
            *(str(port), str(self._folder)),
            stdin=subprocess.PIPE,
        )
        process.stdin.write(
            f'glint {client_secret} keystone {self._server_secret}'.encode()
        )
        process.stdin.close()
        self._provider = f'https://127.0.0.1:{port}'
        self.token_endpoint = f'{self._provider}/o/token/'
        self.discovery_endpoint = (
            f'{self._provider}/o/.well-known/openid-configuration'
        )
        self._await(self.discovery_endpoint)

    def _federate(self) -> None:
        """Let the cloud trust the provider."""
        session = self._cloud.admin.session()
        url = f'{self._cloud.auth_url}/OS-FEDERATION'
        group = session.post(
            f'{self._cloud.auth_url}/groups',
            json={'group': {'name': self._name, 'domain_id': 'default'}},
        ).json()['group']['id']
        self.addCleanup(
            session.delete, f'{self._cloud.auth_url}/groups/{group}'
        )
        [role] = session.get(
            f'{self._cloud.auth_url}/roles?name=member'
        ).json()['roles']
        session.put(
            f'{self._cloud.auth_url}/projects/{self._cloud.member.project_id}'
            f'/groups/{group}/roles/{role["id"]}'
        )
        self._group, self._admin = group, session
        self._put(
            f'{url}/identity_providers/{self._name}',
            identity_provider={
                'enabled': True,
                'domain_id': 'default',
                'remote_ids': [f'{_ISSUER}-{self._name}'],
            },
        )
        self.addCleanup(self._forget_users)
        rules = [
            {
                'remote': [{'type': 'REMOTE_USER'}],
                'local': [
                    {'user': {'name': '{0}'}},
                    {'group': {'id': group}},
                ],
            }
        ]
        self._put(f'{url}/mappings/{self._name}', mapping={'rules': rules})
        self._put(
            f'{url}/identity_providers/{self._name}/protocols/{_PROTOCOL}',
            protocol={
                'mapping_id': self._name,
                'remote_id_attribute': 'OIDC_ISSUER',
            },
        )

    def _forget_users(self) -> None:
        """Delete those whom the Keystone made when they logged in."""
        url = f'{self._cloud.auth_url}/users'
        found = self._admin.get(f'{url}?idp_id={self._name}').json()['users']
        for user in found:
            self._admin.delete(f'{url}/{user["id"]}')

    def _put(self, url: str, **body: Any) -> None:
        self._admin.put(url, json=body)
        self.addCleanup(self._admin.delete, url)

    def distrust(self) -> None:
        """Take the rights away from all whom the provider knows."""
        self._admin.patch(
            f'{self._cloud.auth_url}/OS-FEDERATION/identity_providers/'
            f'{self._name}',
            json={'identity_provider': {'enabled': False}},
        )

    def _start_keystone(self) -> None:
        self._keystone_port = ports.free_port()
        text = (self._model / 'uwsgi.ini').read_text()
        text = re.sub(
            '(?m)^http-socket .*',
            f'socket = 127.0.0.1:{self._keystone_port}',
            text,
        )
        log = self._folder / 'keystone-access.log'
        text = re.sub('(?m)^req-logger .*', f'req-logger = file:{log}', text)
        ini = self._folder / 'uwsgi.ini'
        ini.write_text(text)
        self._start(
            self._uwsgi,
            *('--ini', ini),
            env={**os.environ, 'OS_KEYSTONE_CONFIG_DIR': str(self._model)},
        )

    def _start_apache(self) -> None:
        port = ports.free_port()
        conf = self._folder / 'apache.conf'
        conf.write_text(
            _CONFIG.format(
                folder=self._folder,
                port=port,
                modules='/usr/lib/apache2/modules',
                passphrase=secrets.token_hex(),
                server_id='keystone',
                server_secret=self._server_secret,
                provider=self._provider,
                keystone_port=self._keystone_port,
                identity_provider=self._name,
                issuer=f'{_ISSUER}-{self._name}',
            )
        )
        self._start(_APACHE, *('-f', conf, '-DFOREGROUND'))
        self.auth_url = f'http://127.0.0.1:{port}/v3'
        self._await(self.auth_url)

    def _start(
        self, *command: Any, **kwargs: Any
    ) -> 'subprocess.Popen[bytes]':
        with (self._folder / 'output').open('ab') as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=output, **kwargs
            )
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        return process

    def _await(self, url: str) -> None:
        def answers() -> bool:
            with contextlib.suppress(
                requests.ConnectionError, requests.Timeout
            ):
                ca = self._folder / 'ca.pem'
                return requests.get(url, timeout=10, verify=str(ca)).ok
            return False

        try:
            waiting.until(answers, 90, f'answer of {url}')
        except AssertionError as e:
            said = (self._folder / 'output').read_text(errors='replace')
            raise AssertionError(f'{e}\n{said}') from e
