# SPDX-License-Identifier: Apache-2.0

"""Calls of the image replication API: one module per resource.

They are made with keystoneauth and not with a client library, for the
dozen calls that a panel needs are plain JSON, and a dashboard is upgraded
at another time than the service.
"""
