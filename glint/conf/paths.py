# SPDX-License-Identifier: Apache-2.0

"""Where Glint keeps its files."""

from typing import Any

from oslo_config import cfg

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


def register_opts(conf: cfg.ConfigOpts) -> None:
    conf.register_opts(opts)


def list_opts() -> list[tuple[cfg.OptGroup | str, list[Any]]]:
    return [('DEFAULT', opts)]
