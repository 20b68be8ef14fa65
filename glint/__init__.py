# SPDX-License-Identifier: Apache-2.0

"""Replicate images from one OpenStack cloud to others."""
