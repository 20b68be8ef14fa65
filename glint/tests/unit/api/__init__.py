# SPDX-License-Identifier: Apache-2.0

"""The API: the whole WSGI application, and its parts."""
