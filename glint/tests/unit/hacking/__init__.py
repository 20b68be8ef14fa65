# SPDX-License-Identifier: Apache-2.0

"""Tests of the project's own flake8 checks."""
