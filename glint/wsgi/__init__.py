# SPDX-License-Identifier: Apache-2.0

"""The applications that WSGI servers load.

The backend of oslo.service has to be chosen before anything imports
oslo.messaging, which would choose another one.
"""

from oslo_service import backend

backend.init_backend(backend.BackendType.THREADING)
