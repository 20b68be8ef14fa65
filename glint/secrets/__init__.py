# SPDX-License-Identifier: Apache-2.0

"""Encryption of the credentials."""
