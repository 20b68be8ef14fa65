# SPDX-License-Identifier: Apache-2.0

"""Tests of what checks and tests stand on."""
