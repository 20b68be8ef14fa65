# SPDX-License-Identifier: Apache-2.0

"""Tests of the API, of who may call it, and of what it does."""
