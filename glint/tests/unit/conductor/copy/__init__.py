# SPDX-License-Identifier: Apache-2.0

"""Tests of the conductor, with small clouds of its own."""
