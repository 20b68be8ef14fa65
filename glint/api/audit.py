# SPDX-License-Identifier: Apache-2.0

"""The audit trail: who did what, to what.

keystonemiddleware makes CADF events of what it sees of a call. What it cannot
see, the ids of what was made and used, is added here. Nothing else of what a
request or an answer says is.
"""

from typing import Any

from keystonemiddleware import audit
import oslo_messaging
import pecan
from pycadf import attachment

from glint import conf
from glint.i18n import _

#: Where the middleware keeps the event of the request.
_EVENT = 'cadf_event'
_TYPE = 'service/image-replication'


def make_middleware(application: Any, ignored: tuple[str, ...]) -> Any:
    """Wrap an application so that its calls are noted.

    :param ignored: addresses that are not noted.
    :raises ValueError: if the audit map cannot be read.
    """
    settings = conf.CONF.audit
    # Any transport registers the option. By default calls would wait for a
    # broker that is away; an event that cannot be sent is logged instead.
    oslo_messaging.get_notification_transport(conf.CONF)
    conf.CONF.set_default('retry', 1, group='oslo_messaging_notifications')
    try:
        return audit.AuditMiddleware(
            application,
            oslo_config_config=conf.CONF,
            audit_map_file=settings.audit_map_file,
            ignore_req_list=','.join(settings.ignore_methods),
            ignore_path_list=','.join(ignored),
        )
    except (OSError, audit.PycadfAuditApiConfigError) as e:
        raise ValueError(
            _('audit_map_file in the group [audit] cannot be used: %s') % e
        ) from None


def note(name: str, **ids: Any) -> None:
    """Add ids to the event of the request that is being answered.

    :param name: what they are, as ``created``.
    """
    event = pecan.request.environ.get(_EVENT)
    if event is not None:
        event.add_attachment(attachment.Attachment(_TYPE, ids, name))
