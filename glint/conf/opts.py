# SPDX-License-Identifier: Apache-2.0

"""All options of Glint, for oslo-config-generator."""

from typing import Any

from oslo_config import cfg

from glint import conf


def list_opts() -> list[tuple[cfg.OptGroup | None, list[Any]]]:
    """List the options of every group.

    Those of oslo.db have a generator namespace of their own.

    :returns: pairs of a group and its options.
    """
    return [
        *((module.group, module.opts) for module in conf.MODULES),
        (conf.service_user.group, conf.service_user.list_opts()),
    ]
