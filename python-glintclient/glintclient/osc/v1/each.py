# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

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
