# SPDX-License-Identifier: Apache-2.0

"""Tests of rules: pure functions, compared by tables."""
