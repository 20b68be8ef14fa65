# SPDX-License-Identifier: Apache-2.0

"""When a rule is executed next."""

from collections.abc import Mapping
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any
import zoneinfo

import cronsim

from glint.i18n import _

Trigger = Mapping[str, Any]

#: The least seconds between two executions.
LEAST = 60
_FIELDS = 5


class Unusable(ValueError):
    """A trigger means no moment; its text says what is right."""


def check(trigger: Trigger, now: datetime) -> None:
    """Let through a trigger that means something.

    :param trigger: of a rule.
    :param now: the time, UTC without a zone.
    :raises Unusable: if it does not.
    """
    if trigger.get('every') is not None and trigger.get('cron') is not None:
        raise Unusable(_('A trigger has either "every" or "cron".'))
    next_at(trigger, now)


def next_at(
    trigger: Trigger, now: datetime, planned: datetime | None = None
) -> datetime | None:
    """Say when a rule is executed next.

    However many executions were missed, there is one next.

    :param now: the time, UTC without a zone.
    :param planned: when it was to be executed last; the next ones keep the
        distance to it.
    :returns: UTC without a zone, later than now; None for never.
    :raises Unusable: if the trigger means no moment.
    """
    if trigger.get('every') is not None:
        every = timedelta(seconds=max(trigger['every'], LEAST))
        if planned is None or planned > now:
            return now + every
        return planned + ((now - planned) // every + 1) * every
    if trigger.get('cron') is not None:
        return _cron(trigger['cron'], zone(trigger), now)
    zone(trigger)
    return None


def zone(trigger: Trigger) -> zoneinfo.ZoneInfo:
    """Find the time zone of a trigger.

    :raises Unusable: if there is none of its name.
    """
    name = trigger.get('timezone') or 'UTC'
    try:
        return zoneinfo.ZoneInfo(name)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        # A name may be a folder of the database, or too long for a file.
        raise Unusable(
            _(
                'There is no time zone "%s"; zones are named as '
                '"Europe/Zurich" or "UTC".'
            )
            % name[:80]
        ) from None


def _cron(text: str, at: zoneinfo.ZoneInfo, now: datetime) -> datetime:
    if len(text.split()) != _FIELDS:
        # The library takes a sixth one, for seconds, to be the first.
        raise Unusable(
            _(
                '"cron" has five fields: minute, hour, day of the month, '
                'month and day of the week.'
            )
        )
    try:
        found = next(
            cronsim.CronSim(text, now.replace(tzinfo=UTC).astimezone(at))
        )
    except cronsim.CronSimError as e:
        raise Unusable(_('"cron" cannot be read: %s.') % e) from None
    except StopIteration:
        raise Unusable(_('"cron" names a day that never comes.')) from None
    return found.astimezone(UTC).replace(tzinfo=None)
