# SPDX-License-Identifier: Apache-2.0

"""The applications that WSGI servers load."""
