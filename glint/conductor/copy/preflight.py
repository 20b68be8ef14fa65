# SPDX-License-Identifier: Apache-2.0

"""What a target will refuse, told before a byte is moved."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from concurrent import futures
from typing import Any

from oslo_log import log

from glint import context as glint_context
from glint.i18n import _
from glint.image import access_rules
from glint.image import collation
from glint.image import failure
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions

LOG = log.getLogger(__name__)

#: What a Glance takes unless it is told otherwise; it tells nobody.
USUAL_PROPERTIES = 128
USUAL_TAGS = 128
#: Characters of a name, of a property's name and of a tag.
MAX_NAME = 255

_MIB = 1024 * 1024

Body = Mapping[str, Any]


def refusal(
    target: sessions.SiteSession, bodies: Sequence[Body], sizes: Sequence[int]
) -> failure.SiteFailure | None:
    """Say why a target will not take images; None when it may.

    It spares a copy in vain, so what the target does not tell stops nothing.

    :param target: a session at the target.
    :param bodies: the records to create there.
    :param sizes: how many bytes each image has, as far as that is known.
    """
    missing = access_rules.missing(
        target.access_rules, access_rules.Use.TARGET
    )
    if missing:
        return target.failure(
            'preflight',
            failure.Answer(401, kind='access_rules'),
            said=', '.join(map(str, missing)),
        )
    with futures.ThreadPoolExecutor() as pool:
        ask = glint_context.carried(_ask)
        formats = pool.submit(ask, images.formats, target)
        usage = pool.submit(ask, images.usage, target)
    for kind, said in (
        *_lengths(bodies),
        *_formats(formats.result(), bodies),
        *_quotas(usage.result(), len(bodies), sizes),
    ):
        return failure.classify('preflight', target.site.name, kind, said=said)
    return None


def warnings(body: Body) -> list[str]:
    """Say what a target may refuse in a record, as most sites do."""
    counted = [
        _(
            '%(count)d %(what)s are more than the %(usual)d that most sites '
            'take.'
        )
        % {'count': count, 'what': what, 'usual': usual}
        for count, what, usual in (
            (
                len(records.properties(body)),
                _('properties, with those of Glint,'),
                USUAL_PROPERTIES,
            ),
            (len(body['tags']), _('tags'), USUAL_TAGS),
        )
        if count > usual
    ]
    refused = _('A site that keeps its records there refuses the image.')
    return counted + [f'{fault} {refused}' for fault in collation.faults(body)]


def explained(cause: failure.SiteFailure, body: Body) -> failure.SiteFailure:
    """Add the likely reason to the failure of a Glance that gave none.

    :param cause: what became of the request to create a record.
    :param body: the record.
    """
    faults = list(collation.faults(body))
    if cause.http_status != 500 or not faults:
        return cause
    return cause.explained(
        _('The likely reason: %s Leave them out or rename them, then retry.')
        % faults[0]
    )


def _lengths(bodies: Sequence[Body]) -> Iterator[tuple[str, str]]:
    """Compare records with what fits in the database of any site."""
    for body in bodies:
        properties = records.properties(body)
        for name in (body['name'] or '', *properties, *body['tags']):
            if len(name) > MAX_NAME:
                yield (
                    'length',
                    _(
                        '%(start)s... has %(count)d characters of at most '
                        '%(limit)d'
                    )
                    % {
                        'start': name[:40],
                        'count': len(name),
                        'limit': MAX_NAME,
                    },
                )


def _ask(
    question: Callable[[sessions.SiteSession], dict[str, Any]],
    target: sessions.SiteSession,
) -> dict[str, Any]:
    """Ask a target about itself.

    :returns: its answer, empty when it gives none.
    """
    try:
        return question(target)
    except failure.SiteFailure as e:
        LOG.info('The preflight does without an answer: %s', e.detail)
        return {}


def _formats(
    formats: Mapping[str, Sequence[str]], bodies: Sequence[Body]
) -> Iterator[tuple[str, str]]:
    for key, taken in formats.items():
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
    usage: Mapping[str, Mapping[str, int]], count: int, sizes: Sequence[int]
) -> Iterator[tuple[str, str]]:
    """Compare what is needed with what the site says is left."""
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
