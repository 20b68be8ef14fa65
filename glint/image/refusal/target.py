# SPDX-License-Identifier: Apache-2.0

"""What the failures of a target mean, from its record to its data."""

import dataclasses

from glint.i18n import _
from glint.image.refusal import row as failure_row

Action = failure_row.Action
Row = failure_row.Row

#: How Glance's words begin about a limit of its own configuration.
_LIMIT = 'The limit has been exceeded on the number of allowed image '

#: Not of a policy, which asks for a role: the row for any call is for that.
_FORBIDDEN_PROPERTY = Row(
    (403,),
    'record_forbidden',
    _("Site %(site)s does not permit the image's metadata"),
    _('Remove the property that it names, or use another credential.'),
    action=Action.DROP_PROPERTY,
    says="(Attribute|Property) '?.+ is (protected|read-only|reserved)",
)
BY_CALL: dict[str, tuple[Row, ...]] = {
    'create': (
        Row(
            (400,),
            'record_refused',
            _("Site %(site)s refuses the image's metadata"),
            _('Change or remove the property that it names.'),
        ),
        _FORBIDDEN_PROPERTY,
        Row(
            (409,),
            'id_taken',
            _('Site %(site)s has, or had, an image with this id'),
            _('Replicate without preserving the id.'),
            action=Action.INSPECT,
        ),
        Row(
            (413,),
            'too_many_properties',
            _('Site %(site)s does not take so many properties'),
            _('Remove some of them in the options.'),
            says=_LIMIT + 'properties',
        ),
        Row(
            (413,),
            'too_many_tags',
            _('Site %(site)s does not take so many tags'),
            _('Remove some of them at the source.'),
            says=_LIMIT + 'tags',
        ),
        failure_row.BODY_TOO_LARGE,
    ),
    'update': (
        _FORBIDDEN_PROPERTY,
        failure_row.BODY_TOO_LARGE,
        Row(
            (409,),
            'image_busy',
            _('Site %(site)s does not change the image now'),
            failure_row.AGAIN,
            retryable=True,
        ),
    ),
    'delete': (
        Row(
            (403,),
            'image_protected',
            _('Site %(site)s does not let the image be deleted'),
            _('Remove its protection there, or delete it there.'),
            says='is protected',
        ),
        Row(
            (409, 'used'),
            'image_in_use',
            _('The image is in use at site %(site)s and cannot be deleted'),
            failure_row.AGAIN,
            retryable=True,
        ),
    ),
    'upload': (
        Row(
            (400,),
            'data_refused',
            _("Site %(site)s refuses the image's size or signature"),
            _('Check the signature properties of the image.'),
            action=Action.INSPECT,
        ),
        Row(
            (403,),
            'upload_forbidden',
            _('Site %(site)s does not permit the upload'),
            _('Give the user the role that it needs, then retry.'),
            action=Action.RECREATE,
        ),
        Row(
            (410,),
            'storage_unavailable',
            _('The image storage of site %(site)s takes no images'),
            failure_row.AGAIN,
            retryable=True,
            action=Action.INSPECT,
            says='Error in store configuration',
        ),
        Row(
            (404, 410),
            'image_gone',
            _('The image was deleted at site %(site)s during the upload'),
            failure_row.AGAIN,
            retryable=True,
            action=Action.RECREATE,
        ),
        Row(
            (409,),
            'image_busy',
            _('The image at site %(site)s takes no data in its state'),
            failure_row.AGAIN,
            retryable=True,
            action=Action.RESEND,
        ),
        Row(
            (413,),
            'storage_full',
            _('The image storage of site %(site)s is full'),
            _('Free some space there or have it extended, then retry.'),
            action=Action.DELETE_RECORD,
            says='Image storage media is full',
        ),
        dataclasses.replace(
            failure_row.BODY_TOO_LARGE, action=Action.DELETE_RECORD
        ),
        Row(
            (413,),
            'quota_exceeded',
            _("The image exceeds site %(site)s's quota, limit or storage"),
            failure_row.QUOTA,
            action=Action.DELETE_RECORD,
        ),
        Row(
            (415,),
            'format_refused',
            _("Site %(site)s refuses the image's content for its disk format"),
            _("Check the image's disk_format, or ask the site to accept it."),
            # Its record keeps the refused data and never takes other data.
            action=Action.DELETE_RECORD,
        ),
        Row(
            (503,),
            'storage_unavailable',
            _('The image storage of site %(site)s is full or unavailable'),
            failure_row.AGAIN,
            retryable=True,
            action=Action.INSPECT,
        ),
        Row(
            (408, *range(500, 600), 'lost', 'timeout', 'garbled'),
            'upload_lost',
            _('The upload to site %(site)s broke off'),
            failure_row.AGAIN,
            retryable=True,
            action=Action.RESEND,
        ),
    ),
    'verify': (
        Row(
            ('status',),
            'not_active',
            _('The image did not become active at site %(site)s'),
            failure_row.AGAIN,
            retryable=True,
            action=Action.RECREATE,
        ),
        Row(
            ('size', 'hash'),
            'content_differs',
            _('Site %(site)s stored other data than it was sent'),
            failure_row.AGAIN,
            retryable=True,
            action=Action.RECREATE,
        ),
        Row(
            ('no_hash',),
            'unverifiable',
            _('Site %(site)s gives no hash that Glint can compare'),
            _('Ask the site for a hashing_algorithm such as sha512.'),
            action=Action.DELETE_RECORD,
        ),
    ),
    'preflight': (
        Row(
            ('format',),
            'format_refused',
            _("Site %(site)s does not take the image's format"),
            _("Convert the image, or ask the site's operator to permit it."),
        ),
        Row(
            ('quota',),
            'quota_exceeded',
            _("The image exceeds site %(site)s's quota"),
            failure_row.QUOTA,
        ),
        Row(
            ('uploads',),
            'uploads_exceeded',
            _("Site %(site)s's quota of uploads at the same time is used up"),
            failure_row.AGAIN,
            retryable=True,
        ),
        Row(
            ('length',),
            'name_too_long',
            _('Site %(site)s does not take so long a name'),
            _('Give a shorter one, or remove it.'),
        ),
    ),
}
