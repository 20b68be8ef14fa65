# SPDX-License-Identifier: Apache-2.0

"""Formats of strings that a pattern cannot tell."""

import ipaddress
import re
from urllib import parse

from cryptography import x509
import jsonschema

from glint.i18n import _

CHECKER = jsonschema.FormatChecker(formats=())

#: What is wrong with a string that lacks the format.
MEANINGS = {
    'auth-url': _(
        'is not an address as https://keystone.example.org/v3: http or https, '
        'without user, query and fragment.'
    ),
    'ca-cert': _(
        'is not one or several certificates in PEM, without private keys.'
    ),
}

_HOST_NAME = re.compile(r'[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?\Z')


@CHECKER.checks('auth-url')
def _is_auth_url(value: object) -> bool:
    if not isinstance(value, str):
        return True
    if not re.fullmatch(r'[!-~]+', value) or re.search(r'[?#@\\]', value):
        return False
    try:
        url = parse.urlsplit(value)
        return (
            url.scheme in ('http', 'https')
            and url.port != 0
            and _is_host(url.hostname or '')
        )
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    if ':' in host:
        # A zone would name an interface of whatever host connects.
        return ipaddress.IPv6Address(host).scope_id is None
    return _HOST_NAME.match(host) is not None


@CHECKER.checks('ca-cert')
def _is_ca_cert(value: object) -> bool:
    if not isinstance(value, str):
        return True
    # The answers of the API show it: a private key must not slip through.
    if 'PRIVATE KEY' in value:
        return False
    try:
        x509.load_pem_x509_certificates(value.encode())
    except ValueError:
        return False
    return True
