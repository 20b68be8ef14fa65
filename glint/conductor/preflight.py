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

"""What a target will refuse, told before a byte is moved."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from glint.i18n import _
from glint.image import failure
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions

#: What a Glance takes unless it is told otherwise; it tells nobody.
MAX_PROPERTIES = 128
MAX_TAGS = 128
#: Characters of a name, of a property's name and of a tag.
MAX_NAME = 255

_MIB = 1024 * 1024

Body = Mapping[str, Any]


def refusal(
    target: sessions.SiteSession, bodies: Sequence[Body], sizes: Sequence[int]
) -> failure.SiteFailure | None:
    """Say why a target will not take images; None when it may.

    :param target: a session at the target.
    :param bodies: the records to create there.
    :param sizes: how many bytes each image has, as far as that is known.
    :raises SiteFailure: if the target cannot be asked.
    """
    for body in bodies:
        for kind, said in _limits(body):
            return failure.classify(
                'preflight', target.site.name, kind, said=said
            )
    for kind, said in (
        *_formats(target, bodies),
        *_quotas(target, len(bodies), sizes),
    ):
        return failure.classify('preflight', target.site.name, kind, said=said)
    return None


def _limits(body: Body) -> Iterator[tuple[str, str]]:
    """Compare a record with the limits that all sites have."""
    properties = records.properties(body)
    if len(properties) > MAX_PROPERTIES:
        yield (
            'properties',
            _('%(count)d with those of Glint, at most %(limit)d are taken')
            % {'count': len(properties), 'limit': MAX_PROPERTIES},
        )
    if len(body['tags']) > MAX_TAGS:
        yield (
            'tags',
            _('%(count)d, at most %(limit)d are taken')
            % {'count': len(body['tags']), 'limit': MAX_TAGS},
        )
    for name in (body['name'] or '', *properties, *body['tags']):
        if len(name) > MAX_NAME:
            yield (
                'length',
                _('%(start)s... has %(count)d characters of at most %(limit)d')
                % {
                    'start': name[:40],
                    'count': len(name),
                    'limit': MAX_NAME,
                },
            )


def _formats(
    target: sessions.SiteSession, bodies: Sequence[Body]
) -> Iterator[tuple[str, str]]:
    for key, taken in images.formats(target).items():
        for body in bodies:
            if taken and body[key] not in taken:
                yield (
                    'format',
                    _('%(key)s %(value)s, it takes %(taken)s')
                    % {
                        'key': key,
                        'value': body[key],
                        'taken': ', '.join(taken),
                    },
                )


def _quotas(
    target: sessions.SiteSession, count: int, sizes: Sequence[int]
) -> Iterator[tuple[str, str]]:
    """Compare what is needed with what the site says is left."""
    usage = images.usage(target)
    # Glance counts in whole MiB, each image rounded down.
    needed = {
        'image_size_total': sum(size // _MIB for size in sizes),
        'image_count_total': count,
        'image_count_uploading': 1,
    }
    for name, amount in needed.items():
        if name not in usage:
            continue
        used, limit = usage[name]['usage'], usage[name]['limit']
        if limit < 0 or used + amount <= limit:
            continue
        yield (
            'uploads' if name == 'image_count_uploading' else 'quota',
            _(
                '%(name)s is %(limit)d, of which %(used)d are used, and '
                '%(amount)d more are needed'
            )
            % {
                'name': f'{name} (MiB)' if 'size' in name else name,
                'limit': limit,
                'used': used,
                'amount': amount,
            },
        )
