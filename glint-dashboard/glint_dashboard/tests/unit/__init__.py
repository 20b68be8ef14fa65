# SPDX-License-Identifier: Apache-2.0

"""Tests within one process; the service is answered for by requests-mock."""
