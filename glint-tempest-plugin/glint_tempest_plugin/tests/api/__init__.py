# SPDX-License-Identifier: Apache-2.0

"""Tests of the calls of the API."""
