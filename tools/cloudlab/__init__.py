# SPDX-License-Identifier: Apache-2.0

"""Several real clouds, each a Keystone and a Glance, on 127.0.0.1.

It runs before anything is installed, so it uses the standard library only.
"""

import sys

# An older Python must get as far as this sentence.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        '{0}: needs Python 3.11 or later, this is {1}.{2}. Run it as '
        '"python3.11 {0}".'.format(sys.argv[0], *sys.version_info)
    )
