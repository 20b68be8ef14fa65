# SPDX-License-Identifier: Apache-2.0

"""The applications that WSGI servers load.

The backend of oslo.service has to be chosen before anything imports
oslo.messaging, which would choose another one.
"""

import warnings

# Before oslo.service brings it along; nothing of Glint uses it.
warnings.filterwarnings('ignore', message=r'\s*Eventlet is deprecated')

from oslo_service import backend  # noqa: E402

backend.init_backend(backend.BackendType.THREADING)
