# SPDX-License-Identifier: Apache-2.0

"""The one exception that ends a command with a sentence."""


class LabError(Exception):
    """Something that the user can read and act on."""
