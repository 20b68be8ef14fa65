# SPDX-License-Identifier: Apache-2.0

"""What a line of the table of failures says."""

from collections.abc import Container
import dataclasses
import enum

from glint.i18n import _


class Action(enum.StrEnum):
    """What to do about a failure, beside trying again or giving up."""

    #: The record that Glint made at the site cannot be used again.
    DELETE_RECORD = 'delete_record'
    #: Get a new token, once; then hold the credential for invalid.
    FRESH_TOKEN = 'fresh_token'  # noqa: S105
    #: Only the image's record tells what became of it: get it, and decide.
    INSPECT = 'inspect'
    #: The same, and when the image has not arrived, send it again, once.
    RESEND = 'resend'
    #: The record is gone: make a new one, once.
    RECREATE = 'recreate'
    #: Leave out the property that the site names.
    DROP_PROPERTY = 'drop_property'


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table.

    :ivar on: what the site answered: an HTTP status, or a word for what came
        instead of one
    :ivar code: the failure's name, for programs
    :ivar what: what happened, for people
    :ivar remedy: what they can do, for people
    :ivar retryable: whether the same may go better a little later
    :ivar action: what else to do
    :ivar says: a regular expression that the site's words must have for the
        row to fit
    """

    on: Container[int | str]
    code: str
    what: str
    remedy: str
    retryable: bool = False
    action: Action | None = None
    says: str = ''


#: What is done about a failure that may pass by itself.
AGAIN = _('Glint tries again.')
QUOTA = _('Free some quota there or have it raised, then retry.')

#: A gateway refuses a request for its size, before Glance sees it. Glance
#: itself (33.0.0) names an image, a quota or a limit in each such message.
BODY_TOO_LARGE = Row(
    (413,),
    'body_too_large',
    _('A gateway of site %(site)s does not let so large a request pass'),
    _(
        "Have the site's operator raise its limit, such as nginx's "
        'client_max_body_size, then retry.'
    ),
    says=r'(?is)^(?!.*\b(images?|quota|exceed the limit)\b)',
)
