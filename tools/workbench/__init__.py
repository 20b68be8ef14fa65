# SPDX-License-Identifier: Apache-2.0

"""What the one-command scripts of a checkout are made of.

It runs before anything is installed, so all but ``demo`` uses the standard
library only.
"""

# Refuses a Python that is too old, before that reads any other module.
import cloudlab  # noqa: F401
