# SPDX-License-Identifier: Apache-2.0

"""Hides secrets in what sites say, which may be what they were told."""

import base64
from collections.abc import Iterable
from collections.abc import Iterator
import html
import json
import re
import urllib.parse

from oslo_utils import strutils

_MASK = '***'

#: Shorter pieces of base64 stand in too many words by chance.
_LEAST_CODED = 6
#: What base64 is made of, in both of its alphabets.
_CODED = '[A-Za-z0-9+/_=-]'

#: Tokens of any user, by their looks; what a group finds is kept.
_ANYBODYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # Headers, as they are, in JSON and as WSGI calls them.
        r'(\b(?:(?:http_)?(?:proxy[-_])?authorization'
        r'|(?:http_)?x[-_](?:[a-z]+[-_])*token)["\'\\]*\s*[:=]\s*["\'\\]*)'
        r'(?:(?:basic|bearer|digest|negotiate|token)\s+)?[^\s"\'<>,;\\]+',
        r'(\bbearer\s+)[\w.~+/=-]{8,}',
        # Those of Keystone: Fernet, JWS, and UUID where it is called one.
        r'()\bgAAAA[\w=-]{16,}',
        r'()\beyJ[\w=-]{8,}(?:\.[\w=-]*)+',
        r'(\btoken\b\W{1,4}(?:id\W{1,4})?)[0-9a-f]{32}\b',
    )
)


class Mask:
    """Hides some secrets in each form, and what looks like a secret.

    :param secrets: what must not be shown
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        patterns = {
            pattern
            for secret in secrets
            if secret.strip()
            for pattern in _patterns(secret)
        }
        # The longest first: one may begin as another one does.
        ordered = sorted(patterns, key=len, reverse=True)
        self._longest = len(ordered[0]) if ordered else 0
        self._own = re.compile('|'.join(ordered) or '(?!)', re.IGNORECASE)

    def __call__(self, text: str, limit: int) -> str:
        """Hide them in a text.

        :param text: as it came, before anything is made of it
        :param limit: how many characters of it are wanted
        :returns: the text, cut, but within no secret
        """
        cut = len(text) > limit
        text = self._own.sub(_MASK, text[: limit + self._longest])
        if cut:
            # The last characters may be the beginning of a secret.
            text = text[: max(len(text) - self._longest, 0)]
        for pattern in _ANYBODYS:
            text = pattern.sub(rf'\1{_MASK}', text)
        return str(strutils.mask_password(text, _MASK))[:limit]


def _patterns(secret: str) -> Iterator[str]:
    for form in _forms(secret):
        # However its white space was changed on the way.
        yield r'\s+'.join(map(re.escape, form.split()))
    for form in _coded(secret.encode(errors='replace')):
        yield _CODED + '{0,4}' + re.escape(form) + _CODED + '{0,4}'


def _forms(secret: str) -> Iterator[str]:
    """The forms in which a secret is repeated as a whole."""
    plain = secret.encode(errors='replace')
    yield secret
    yield secret.upper()
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield json.dumps(secret)[1:-1].replace('/', '\\/')
    yield repr(secret)[1:-1]
    yield repr(plain)[2:-1]
    yield html.escape(secret)
    yield html.escape(secret).replace('&#x27;', '&#39;')
    yield urllib.parse.quote(plain)
    yield urllib.parse.quote(plain, safe='')
    yield urllib.parse.quote_plus(plain)
    yield ''.join(f'%{byte:02x}' for byte in plain)
    yield plain.hex()


def _coded(plain: bytes) -> Iterator[str]:
    """What base64 makes of a secret, whatever stands beside it."""
    for before in range(3):
        coded = base64.b64encode(bytes(before) + plain).decode()
        # These characters tell of what is beside it, too.
        coded = coded.rstrip('=')[-(-before * 4 // 3) :]
        if (before + len(plain)) % 3:
            coded = coded[:-1]
        if len(coded) >= _LEAST_CODED:
            yield coded
            yield coded.translate({ord('+'): '-', ord('/'): '_'})
