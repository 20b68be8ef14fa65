# SPDX-License-Identifier: Apache-2.0

"""The bytes of images: read once, and sent at the pace of each target."""
