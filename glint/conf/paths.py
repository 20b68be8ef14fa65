# SPDX-License-Identifier: Apache-2.0

"""Where Glint keeps its files."""

from oslo_config import cfg

#: That is [DEFAULT].
group = None

opts = [
    cfg.StrOpt(
        'state_path',
        default='/var/lib/glint',
        help=(
            'Directory for what Glint keeps on disk. Other options default '
            'to places below it.'
        ),
    ),
]
