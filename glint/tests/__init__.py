# SPDX-License-Identifier: Apache-2.0

"""Tests of Glint."""

from oslo_service import backend

# NOTE(glint): the first import of oslo.messaging settles on the eventlet
# backend unless another one has been chosen before.
backend.init_backend(backend.BackendType.THREADING)
