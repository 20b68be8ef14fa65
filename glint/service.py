# SPDX-License-Identifier: Apache-2.0

"""What every process of Glint does first."""

from collections.abc import Sequence

from oslo_config import cfg
from oslo_log import log

from glint import conf
from glint import version
from glint.db import engine

#: Libraries that say at INFO or DEBUG more than an operator can read.
_QUIET = (
    'alembic=WARNING',
    'keystoneauth=WARNING',
    'urllib3=WARNING',
)


def prepare(
    arguments: Sequence[str],
    prog: str | None = None,
    config_files: list[str] | None = None,
    log_to_stderr: bool = False,
) -> None:
    """Read the configuration, and set up the log and the database.

    Connects to nothing, so that the process may fork afterwards.

    :param arguments: of the command line.
    :param prog: the name of the program.
    :param config_files: read instead of /etc/glint/glint.conf and the like.
    :param log_to_stderr: whether to leave standard output to the program,
        unless the configuration says where to log.
    """
    log.register_options(conf.CONF)
    log.set_defaults(
        default_log_levels=[*log.get_default_log_levels(), *_QUIET]
    )
    try:
        conf.CONF(
            list(arguments),
            project='glint',
            prog=prog,
            version=version.version_info.version_string(),
            default_config_files=config_files,
        )
    except cfg.Error as e:
        raise SystemExit(str(e)) from None
    if log_to_stderr and not (conf.CONF.log_file or conf.CONF.log_dir):
        conf.CONF.set_default('use_stderr', True)
    log.setup(conf.CONF, 'glint')
    engine.configure()
