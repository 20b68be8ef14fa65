# SPDX-License-Identifier: Apache-2.0

"""Tests of how rules are executed, with small clouds."""
