# SPDX-License-Identifier: Apache-2.0

"""Requests to the clouds."""

import http.client
import json
import socket
from typing import Any
import urllib.error
import urllib.request

from cloudlab import exception

TIMEOUT_SECONDS = 30

# Nothing here is reached through a proxy, whatever the caller's says.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def call(
    method: str,
    url: str,
    token: str = '',
    body: dict[str, Any] | bytes | None = None,
) -> tuple[http.client.HTTPMessage, Any]:
    """Send a request.

    :param token: of Keystone.
    :param body: JSON, or the bytes of an image.
    :returns: headers, and the decoded body or None.
    :raises LabError: when the answer is an error.
    """
    headers = {'X-Auth-Token': token} if token else {}
    if isinstance(body, bytes):
        data: bytes | None = body
        headers['Content-Type'] = 'application/octet-stream'
    else:
        data = json.dumps(body).encode() if body is not None else None
        headers['Content-Type'] = 'application/json'
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with _OPENER.open(request, timeout=TIMEOUT_SECONDS) as answer:
            text = answer.read()
            return answer.headers, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        detail = error.read(500).decode(errors='replace')
        raise exception.LabError(
            f'{method} {url} answered {error.code}: {detail}'
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise exception.LabError(f'{method} {url} failed: {error}.') from error


def answers(url: str) -> bool:
    """Tell whether a server answers without an error of its own."""
    try:
        with _OPENER.open(url, timeout=TIMEOUT_SECONDS):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, http.client.HTTPException):
        return False


def greeting(port: int, said: bytes = b'') -> bytes:
    """Return the first bytes that a server of this machine sends.

    :param said: to the server before.
    :returns: up to eight bytes; none, if it does not answer.
    """
    try:
        with socket.create_connection(('127.0.0.1', port), 5) as connection:
            connection.sendall(said)
            return connection.recv(8)
    except OSError:
        return b''
