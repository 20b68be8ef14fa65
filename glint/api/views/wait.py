# SPDX-License-Identifier: Apache-2.0

"""How the reasons look for which copies wait."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from glint import states
from glint.api.views import moment
from glint.i18n import _


def view(wait: Any) -> dict[str, Any]:
    """Show a reason for which a copy waits.

    :param wait: as :mod:`glint.db.queue.waiting` found it.
    """
    return {
        'reason': wait.reason,
        'detail': detail(wait),
        'site_id': wait.site.id if wait.site else None,
        'credential_id': wait.credential.id if wait.credential else None,
        'replication_id': wait.replication_id,
        'running': wait.running,
        'limit': wait.limit,
        'ahead': wait.ahead,
        'until': moment.view(wait.until),
    }


def detail(wait: Any) -> str:
    """Say why a copy waits, and what to do about it if anything."""
    return _SENTENCES[wait.reason](wait)


def _credential(wait: Any) -> str:
    remedy = _(
        'The copy waits: check the credential when it works again, or '
        'register another one and retry the copy.'
    )
    if wait.until:
        again = _('Glint checks the credential again by itself at %s.')
        remedy = f'{remedy} {again % _time(wait.until)}'
    return f'{wait.credential.detail or ""} {remedy}'.lstrip()


def _silent(wait: Any) -> str:
    remedy = _(
        'The copy waits: Glint asks %(site)s again by itself at %(time)s. '
        'Retry the copy to have it asked at once.'
    ) % {'site': wait.site.name, 'time': _time(wait.until)}
    return f'{wait.site.health_detail or ""} {remedy}'.lstrip()


def _source(wait: Any) -> str:
    return _(
        'The copy waits: %(running)d of %(limit)d images are read from '
        '%(site)s.'
    ) % {
        'running': wait.running,
        'limit': wait.limit,
        'site': wait.site.name,
    }


def _target(wait: Any) -> str:
    return _(
        'The copy waits: %(running)d of %(limit)d copies to %(site)s run.'
    ) % {
        'running': wait.running,
        'limit': wait.limit,
        'site': wait.site.name,
    }


def _project(wait: Any) -> str:
    return _(
        'The copy waits: %(running)d of %(limit)d copies of the project run.'
    ) % {'running': wait.running, 'limit': wait.limit}


def _backoff(wait: Any) -> str:
    return _('The copy waits for its next attempt at %s.') % _time(wait.until)


def _reservation(wait: Any) -> str:
    return _(
        'The copy waits for replication %(id)s, which copies the same image '
        'to %(site)s; Glint looks again at %(time)s.'
    ) % {
        'id': wait.replication_id,
        'site': wait.site.name,
        'time': _time(wait.until),
    }


def _turn(wait: Any) -> str:
    if wait.ahead is None:
        return _('The copy waits for its turn.')
    ahead = int(wait.ahead)
    if not ahead:
        return _('The copy waits for a free conductor.')
    return (
        _(
            'The copy waits for its turn: %d queued replications of the '
            'project come before.'
        )
        % ahead
    )


def _time(at: datetime) -> str:
    """Write a time as users read it, in UTC."""
    return at.strftime('%Y-%m-%d %H:%M:%S UTC')


_SENTENCES: dict[str, Callable[[Any], str]] = {
    states.CREDENTIAL_REFUSED: _credential,
    states.SITE_SILENT: _silent,
    states.SOURCE_FULL: _source,
    states.TARGET_FULL: _target,
    states.PROJECT_FULL: _project,
    states.BACKOFF: _backoff,
    states.RESERVATION: _reservation,
    states.TURN: _turn,
}
