# SPDX-License-Identifier: Apache-2.0

"""Tests of image replication, for Tempest."""
