# SPDX-License-Identifier: Apache-2.0

"""An OpenID provider: django-oauth-toolkit, with two clients.

``python oidc_provider.py PORT FOLDER`` reads the ids and the secrets of
the clients from its standard input: who asks for tokens, and who asks what
they are.
"""

import secrets
import ssl
import sys
from wsgiref import simple_server

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
import django
from django import conf
from django import urls
from django.core import management
from django.core import wsgi


class Urls:
    """What is where; read when Django is set up."""

    @property
    def urlpatterns(self) -> list[object]:
        return [urls.path('o/', urls.include('oauth2_provider.urls'))]


def _key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def main() -> None:
    """Serve until killed."""
    port, folder = int(sys.argv[1]), sys.argv[2]
    words = sys.stdin.read().split()
    conf.settings.configure(
        ALLOWED_HOSTS=['127.0.0.1'],
        DATABASES={
            'default': {
                'ENGINE': 'django.db.backends.sqlite3',
                'NAME': f'{folder}/provider.db',
            }
        },
        DEFAULT_AUTO_FIELD='django.db.models.BigAutoField',
        INSTALLED_APPS=[
            'django.contrib.auth',
            'django.contrib.contenttypes',
            'oauth2_provider',
        ],
        # It tells the length of an answer, for the server ends TLS without
        # a word, which OpenSSL 3.5 takes for a truncated answer.
        MIDDLEWARE=['django.middleware.common.CommonMiddleware'],
        OAUTH2_PROVIDER={
            'OIDC_ENABLED': True,
            'OIDC_RSA_PRIVATE_KEY': _key(),
            'SCOPES': {'openid': 'Who', 'profile': 'More of who'},
        },
        # The secrets are random; a slow hash would only take time.
        PASSWORD_HASHERS=['django.contrib.auth.hashers.MD5PasswordHasher'],
        ROOT_URLCONF=Urls(),
        SECRET_KEY=secrets.token_hex(),
        USE_TZ=True,
    )
    django.setup()
    management.call_command('migrate', verbosity=0)
    from oauth2_provider import models

    for client_id, client_secret in zip(words[::2], words[1::2], strict=True):
        models.Application.objects.create(
            name=client_id,
            client_id=client_id,
            client_secret=client_secret,
            client_type='confidential',
            authorization_grant_type='client-credentials',
        )
    server = simple_server.make_server(
        '127.0.0.1', port, wsgi.get_wsgi_application()
    )
    server.base_environ['HTTPS'] = 'on'
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(f'{folder}/server.pem')
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == '__main__':
    main()
