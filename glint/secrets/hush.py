# SPDX-License-Identifier: Apache-2.0

"""Keeps the log of a thread free of what libraries say about its calls.

At DEBUG, keystoneauth logs the bodies that are sent to Barbican, and errors
of Barbican may quote them.
"""

from collections.abc import Iterator
import contextlib
import logging
import threading

#: Filters of a logger do not hold for those below it.
_TALKATIVE = (
    'barbicanclient.client',
    'barbicanclient.v1.secrets',
    'castellan.key_manager.barbican_key_manager',
    'castellan.key_manager.vault_key_manager',
    'keystoneauth.session',
    'keystoneauth.session.body',
    'keystoneauth.session.request',
    'keystoneauth.session.response',
)

_thread = threading.local()


def _passes(_record: logging.LogRecord) -> bool:
    return not getattr(_thread, 'hushed', False)


for _name in _TALKATIVE:
    logging.getLogger(_name).addFilter(_passes)


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Drop what the libraries log in this thread."""
    _thread.hushed = True
    try:
        yield
    finally:
        _thread.hushed = False
