# SPDX-License-Identifier: Apache-2.0

"""Does something to several things that a command names."""

from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

from osc_lib import exceptions

from glintclient.i18n import _


def each(things: Iterable[str], act: Callable[[str], None], log: Any) -> None:
    """Do something to several things, whether or not one of them fails.

    :param things: names or ids.
    :param act: what to do.
    :param log: is told what fails.
    :raises CommandError: if something has failed.
    """
    names = list(things)
    failed = 0
    for name in names:
        try:
            act(name)
        except Exception as e:
            if len(names) == 1:
                raise
            failed += 1
            log.error('%s: %s', name, e)
    if failed:
        raise exceptions.CommandError(
            _('%(failed)d of %(all)d failed.')
            % {'failed': failed, 'all': len(names)}
        )
