# SPDX-License-Identifier: Apache-2.0

"""Tests with images and other clouds."""
