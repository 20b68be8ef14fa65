# SPDX-License-Identifier: Apache-2.0

"""Tests that need nothing outside their own process."""
