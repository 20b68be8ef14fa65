# SPDX-License-Identifier: Apache-2.0

"""What the failures of a source mean."""

from glint.i18n import _
from glint.image.refusal import row as failure_row

Row = failure_row.Row

_GONE_SOURCE = Row(
    (404, 410),
    'source_gone',
    _('Site %(site)s has no such image, or not for this credential'),
    _('Check the image id and the credential.'),
)

BY_CALL: dict[str, tuple[Row, ...]] = {
    'get': (_GONE_SOURCE,),
    'download': (
        _GONE_SOURCE,
        Row(
            (204, 'nothing'),
            'source_no_data',
            _('The image at site %(site)s has no data'),
            _('Upload its data there first.'),
        ),
        Row(
            (403,),
            'source_forbidden',
            _("Site %(site)s does not give out the image's data"),
            _('Have the image reactivated, or use another credential.'),
        ),
        Row(
            ('lost', 'timeout'),
            'source_lost',
            _('Site %(site)s stopped sending the image'),
            failure_row.AGAIN,
            retryable=True,
        ),
        Row(
            ('size',),
            'source_size_differs',
            _("The image's data at site %(site)s has not its recorded size"),
            _('Have the image repaired at the site.'),
        ),
        Row(
            ('hash',),
            'source_corrupt',
            _("The image's data from site %(site)s has not its recorded hash"),
            _('If it stays so, have the image repaired at the site.'),
            retryable=True,
        ),
        Row(
            ('no_space',),
            'spool_failed',
            _("The conductor cannot keep the data of site %(site)s's image"),
            _('Ask the operator for space in the spool directory.'),
            retryable=True,
        ),
    ),
    'source': (
        Row(
            ('status',),
            'source_not_active',
            _('The image at site %(site)s is not active'),
            _('Replicate it when it is.'),
        ),
        Row(
            ('deactivated',),
            'source_deactivated',
            _('The image at site %(site)s is deactivated'),
            _('Have it reactivated first.'),
        ),
        Row(
            ('encrypted',),
            'source_encrypted',
            _('The image at site %(site)s is encrypted, its key stays there'),
            _('Replicate an image that is not encrypted.'),
        ),
        Row(
            ('volumes',),
            'source_no_data',
            _('The image at site %(site)s refers to volumes and has no data'),
            _('Upload the volume to an image, and replicate that one.'),
        ),
        Row(
            ('format',),
            'source_no_format',
            _('The image at site %(site)s has no disk or container format'),
            _('Set both there first.'),
        ),
        Row(
            ('boot',),
            'source_no_kernel',
            _("The image's kernel or ramdisk at site %(site)s is missing"),
            _('Restore it there, or set or remove the property.'),
        ),
        Row(
            ('circle',),
            'source_boots_itself',
            _("The image's kernel or ramdisk at site %(site)s is itself"),
            _('Correct the property there, or set or remove it.'),
        ),
    ),
}
