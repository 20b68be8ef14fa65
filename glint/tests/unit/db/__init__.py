# SPDX-License-Identifier: Apache-2.0

"""Tests of the database; those of integration run them on real servers."""
