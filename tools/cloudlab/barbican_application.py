# SPDX-License-Identifier: Apache-2.0

"""Barbican's application; its own module reads /etc/barbican."""

import sys

from paste import deploy

application = deploy.loadapp(
    f'config:{sys.prefix}/etc/barbican/barbican-api-paste.ini'
)
