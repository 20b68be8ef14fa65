# SPDX-License-Identifier: Apache-2.0

"""What a site's failure is turned into: one exception, by one table."""

from collections.abc import Collection
from collections.abc import Iterator
import dataclasses
import html
import http.client
import json
import logging
import os
import re
import socket
import ssl
import traceback
from typing import Any

from keystoneauth1 import exceptions as keystone_exceptions
import requests
from urllib3 import exceptions as http_exceptions

from glint.image import masking
from glint.image import network
from glint.image import text as texts
from glint.image import transport
from glint.image.refusal import row as failure_row
from glint.image.refusal import table as failure_table

LOG = logging.getLogger(__name__)

#: What talking with a site may raise, also when it answers nonsense.
ERRORS = (
    network.AddressDenied,
    OSError,
    http.client.HTTPException,
    http_exceptions.HTTPError,
    keystone_exceptions.ClientException,
    ArithmeticError,
    # keystoneauth asserts what it expects of an answer.
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)

MAX_DETAIL = 500
#: How much is read of what a site says, how much of that is looked at, and
#: how much is passed on; no secret is so long that it fills the difference.
MAX_ANSWER = 64 * 1024
_MAX_LOOKED_AT = 4096
_MAX_SAID = 250

#: What is wrong with a certificate, by OpenSSL's number for it.
_CERTIFICATES = {
    9: 'tls_early',
    10: 'tls_expired',
    18: 'tls_self_signed',
    62: 'tls_host',
    64: 'tls_host',
}
#: What a TLS peer says, or misses, when no version suits both.
_TLS_VERSIONS = ('TLSV1_ALERT_PROTOCOL_VERSION', 'UNSUPPORTED_PROTOCOL')

#: What nginx, Apache and servers in Go answer to http on a port of TLS.
_TLS_WANTED = (
    'plain HTTP request was sent to HTTPS port',
    'speaking plain HTTP to an SSL-enabled server port',
    'Client sent an HTTP request to an HTTPS server',
)

#: What is behind an exception, the most telling first.
_KINDS: tuple[tuple[str, tuple[type[BaseException], ...]], ...] = (
    ('denied', (network.AddressDenied,)),
    ('name', (http_exceptions.NameResolutionError, socket.gaierror)),
    (
        'missing',
        (
            keystone_exceptions.EndpointNotFound,
            keystone_exceptions.EmptyCatalog,
        ),
    ),
    ('parameters', (keystone_exceptions.AuthPluginException,)),
    (
        'unreachable',
        (ConnectionRefusedError, http_exceptions.NewConnectionError),
    ),
    (
        'timeout',
        (
            TimeoutError,
            http_exceptions.TimeoutError,
            keystone_exceptions.ConnectTimeout,
        ),
    ),
    (
        'lost',
        (
            ConnectionResetError,
            BrokenPipeError,
            http.client.IncompleteRead,
            ssl.SSLEOFError,
            ssl.SSLZeroReturnError,
        ),
    ),
    ('tls', (ssl.SSLError,)),
    (
        'garbled',
        (
            http.client.HTTPException,
            ValueError,
            requests.exceptions.ContentDecodingError,
            transport.AnswerTooLarge,
        ),
    ),
    ('unreachable', (OSError, keystone_exceptions.ConnectFailure)),
)


class SiteFailure(Exception):
    """A site did not do what it was asked for.

    :ivar code: a stable name, such as ``quota_exceeded``
    :ivar detail: sentences for people: what happened at which site, what the
        site said, and what to do about it; without secrets
    :ivar retryable: whether the same may go better a little later
    :ivar http_status: what the site answered, None when it did not
    :ivar action: what else to do about it
    :ivar call: what the site was asked for, a key of the table
    :ivar said: all that the site said, of which the detail has the beginning
    :ivar site_id: the site's id in Glint, None when no site was asked
    :ivar noted: whether it was counted against the site's health
    :ivar heard: what it tells of that, for others who get the same failure
    :ivar for_operators: what the log says instead of the detail
    """

    site_id: str | None = None
    noted: bool = False
    heard: Any = None
    for_operators: str | None = None

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        retryable: bool = False,
        http_status: int | None = None,
        action: failure_row.Action | None = None,
        call: str | None = None,
        said: str = '',
    ) -> None:
        # Names of images go into logs with it, and may have any characters.
        self.detail = texts.printable(detail)
        super().__init__(self.detail)
        self.code = code
        self.retryable = retryable
        self.http_status = http_status
        self.action = action
        self.call = call
        self.said = said

    def explained(self, reason: str) -> 'SiteFailure':
        """Make the same failure with one more thing to tell about it.

        :param reason: sentences for people
        """
        made = SiteFailure(
            self.code,
            f'{self.detail} {reason}',
            retryable=self.retryable,
            http_status=self.http_status,
            action=self.action,
            call=self.call,
        )
        made.site_id = self.site_id
        return made


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a site answered.

    :ivar status: its HTTP status
    :ivar body: what it said, as it came
    :ivar kind: the table's word for what is wrong, where the status alone
        does not tell
    """

    status: int
    body: bytes | str = b''
    kind: str | None = None


def classify(
    call: str,
    site: str,
    answer: Answer | Exception | str,
    *,
    said: str = '',
    secrets: Collection[str] = (),
) -> SiteFailure:
    """Turn what went wrong into a failure that people and programs can use.

    :param call: what was asked of the site, a key of the table
    :param site: the site's name
    :param answer: what it answered, what was raised instead, or the table's
        word for what is wrong
    :param said: what is known beside that
    :param secrets: what must not be repeated, even if the site does, in
        whatever form
    """
    mask = masking.Mask(secrets)
    on, words = _reduced(answer, mask)
    row = next(
        row
        for row in failure_table.rows(call)
        if on in row.on and re.search(row.says, words)
    )
    status = on if isinstance(on, int) else None
    if isinstance(answer, Answer) and answer.kind is not None:
        status = answer.status
    detail = row.what % {'site': site}
    if status is not None:
        detail += ' (HTTP %d)' % status
    words = _clean(said or words, mask)
    beginning = words[:_MAX_SAID].rstrip(' .:!')
    if beginning:
        detail += ': ' + beginning
    return SiteFailure(
        row.code,
        '%s. %s' % (detail[: MAX_DETAIL - len(row.remedy) - 2], row.remedy),
        retryable=row.retryable,
        http_status=status,
        action=row.action,
        call=call,
        said=words,
    )


def _reduced(
    answer: Answer | Exception | str, mask: masking.Mask
) -> tuple[int | str, str]:
    """Reduce an answer to what the table knows, and to the site's words.

    Secrets are hidden before the words are taken out of what is around them:
    that may change white space, and so a secret beyond recognition.
    """
    if isinstance(answer, str):
        return answer, ''
    if isinstance(answer, Answer):
        said = _said(answer, mask)
    else:
        said = _told(answer, mask) or _kind(answer)
    if said[0] == 400 and any(phrase in said[1] for phrase in _TLS_WANTED):
        return 'tls_wanted', ''
    return said


def _said(answer: Answer, mask: masking.Mask) -> tuple[int | str, str]:
    """The status of an answer, and its words."""
    body = answer.body
    if isinstance(body, bytes):
        body = body[:MAX_ANSWER].decode(errors='replace')
    on = answer.kind or answer.status
    return on, _message(mask(body, _MAX_LOOKED_AT))


def _told(
    error: Exception, mask: masking.Mask
) -> tuple[int | str, str] | None:
    """The answer that an error of a library is about, None if none came."""
    if isinstance(error, keystone_exceptions.HttpError):
        # keystoneauth finds the words of Keystone's errors only.
        body: bytes | str = error.details or error.message or ''
        if error.response is not None:
            body = error.response.content
        return _said(Answer(error.http_status, body), mask)
    if isinstance(error, keystone_exceptions.InvalidResponse):
        if _is_of_glance(error.response):
            return 'glance', ''
        if error.response.status_code >= 300:
            return error.response.status_code, ''
    for cause in _causes(error):
        if isinstance(cause, transport.Redirected):
            return cause.status, ''
    return None


def _is_of_glance(response: requests.Response) -> bool:
    """Whether this is what a Glance answers to paths of other services."""
    try:
        versions = response.json()['versions']
        return response.status_code == 300 and any(
            str(version['id']).startswith('v2.')
            and version['links'][0]['href'].rstrip('/').endswith('/v2')
            for version in versions
        )
    except (AttributeError, LookupError, TypeError, ValueError):
        return False


def _kind(error: BaseException) -> tuple[str, str]:
    causes = list(_causes(error))
    reason = next(filter(None, map(_reason, causes)), '')
    for cause in causes:
        if isinstance(cause, transport.Misunderstood):
            return cause.kind, ''
        if isinstance(cause, ssl.SSLCertVerificationError):
            number = getattr(cause, 'verify_code', 0)
            return _CERTIFICATES.get(number, 'tls'), reason
        if getattr(cause, 'reason', None) in _TLS_VERSIONS:
            return 'tls_version', reason
    for kind, classes in _KINDS:
        if any(isinstance(cause, classes) for cause in causes):
            return kind, reason
    # A library stumbled over an answer that is not what the API promises.
    LOG.warning('Unexpected %s at %s', type(error).__name__, _place(error))
    return 'garbled', ''


def _place(error: BaseException) -> str:
    """Where an error comes from, in one line.

    A site that answers nonsense can do so very often, so its answers must not
    fill the log with tracebacks.
    """
    return ' < '.join(
        f'{frame.name} ({os.path.basename(frame.filename)}:{frame.lineno})'
        for frame in reversed(traceback.extract_tb(error.__traceback__)[-4:])
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that it was made from by the libraries between."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += (cause.__cause__, cause.__context__, *cause.args)
            waiting.append(getattr(cause, 'reason', None))


def _reason(cause: BaseException) -> str:
    """The few words of the kernel or of TLS, never those of a library."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return str(getattr(cause, 'verify_message', ''))
    if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError):
        return cause.strerror or ''
    return ''


def _message(body: str) -> str:
    """What a body says, without its wrapping."""
    try:
        return ' '.join(_messages(json.loads(body))) or body
    except (ValueError, RecursionError):
        pass
    # The title of Glance's plain pages, which repeats the status.
    body = re.sub(r'^\s*\d{3} [A-Z][\w -]{2,40}\n', '', body)
    body = re.sub(r'(?is)<(head|style|script|h1)\b.*?</\1>', ' ', body)
    return html.unescape(re.sub(r'<[^<>]*>', ' ', body))


def _messages(node: object) -> Iterator[str]:
    """The messages in the error bodies of OpenStack's services."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ('message', 'detail') and isinstance(value, str):
                yield value
            else:
                yield from _messages(value)
    elif isinstance(node, list):
        for value in node:
            yield from _messages(value)


def _clean(text: str, mask: masking.Mask) -> str:
    """Make foreign text fit for a sentence of ours."""
    # Once more: a secret may have been written in two ways, one in the other.
    text = mask(text, _MAX_LOOKED_AT)
    text = ''.join(c if c.isprintable() else ' ' for c in text)
    text = ' '.join(text.split())
    return text
