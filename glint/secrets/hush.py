# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

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
