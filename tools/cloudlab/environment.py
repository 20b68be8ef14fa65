# SPDX-License-Identifier: Apache-2.0

"""What the programs that the lab runs see of the caller's environment."""

from collections.abc import Mapping
import os

# A caller's virtual environment, cloud or proxy must not leak into the lab.
_UNWANTED = ('PYTHON', 'OS_', 'RABBITMQ_', 'ERL_', 'PG')


def clean(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment for a program of the lab.

    :param extra: variables to add.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_UNWANTED)
    }
    environment['no_proxy'] = environment['NO_PROXY'] = '127.0.0.1,localhost'
    environment['PYTHONNOUSERSITE'] = '1'
    environment.update(extra or {})
    return environment
