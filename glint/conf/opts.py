# SPDX-License-Identifier: Apache-2.0

"""All options of Glint, for oslo-config-generator."""

from typing import Any

from oslo_config import cfg

from glint import conf


def list_opts() -> list[tuple[cfg.OptGroup | str, list[Any]]]:
    """List the options of every group.

    :returns: pairs of a group's name and its options.
    """
    return [pair for module in conf.MODULES for pair in module.list_opts()]
