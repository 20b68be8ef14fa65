# SPDX-License-Identifier: Apache-2.0

"""Certificates for tests of TLS."""

import datetime
import ipaddress
import os
import ssl
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)
_USES = (
    'content_commitment',
    'key_encipherment',
    'data_encipherment',
    'key_agreement',
    'encipher_only',
    'decipher_only',
)


class Authority:
    """A certificate authority.

    :ivar pem: its certificate
    """

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name('Test CA')
        self.pem = self._sign(self._name, self._key, authority=True)

    def _sign(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        authority: bool = False,
        address: str = '127.0.0.1',
        days: tuple[int, int] = (-1, 1),
    ) -> str:
        now = datetime.datetime.now(datetime.UTC)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(
            self._key.public_key()
        )
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + days[0] * _DAY)
            .not_valid_after(now + days[1] * _DAY)
            .add_extension(x509.BasicConstraints(authority, None), True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True,
                    key_cert_sign=authority,
                    crl_sign=authority,
                    **dict.fromkeys(_USES, False),
                ),
                True,
            )
            .add_extension(identifier, False)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
                False,
            )
            .add_extension(
                x509.SubjectAlternativeName(
                    [x509.IPAddress(ipaddress.ip_address(address))]
                ),
                False,
            )
            .sign(self._key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM).decode()

    def serve(
        self, directory: str, *, itself: bool = False, **fields: Any
    ) -> ssl.SSLContext:
        """A context to serve 127.0.0.1 with.

        :param directory: for its files
        :param itself: whether the authority's certificate is the server's
        :param fields: ``address`` that the certificate is for, and ``days``
            from now on between which it is valid
        """
        key = ec.generate_private_key(ec.SECP256R1())
        pem = self._sign(_name('west'), key, **fields)
        if itself:
            key, pem = self._key, self.pem
        path = os.path.join(directory, 'server.pem')
        with open(path, 'wb') as file:
            file.write(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
            file.write(pem.encode())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
