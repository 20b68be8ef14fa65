# SPDX-License-Identifier: Apache-2.0

"""Tests of a whole Glint in one process, at real clouds."""
