# SPDX-License-Identifier: Apache-2.0

"""Options of the database; oslo.db registers its own."""

from typing import Any

from oslo_config import cfg
from oslo_db import options


def register_opts(conf: cfg.ConfigOpts) -> None:
    conf.register_opts(options.database_opts, 'database')


def list_opts() -> list[tuple[cfg.OptGroup | str, list[Any]]]:
    # oslo.db has a generator namespace of its own.
    return []
