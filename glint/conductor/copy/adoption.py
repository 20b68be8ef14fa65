# SPDX-License-Identifier: Apache-2.0

"""Which of the images with the right bytes at a target is used as it is."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from concurrent import futures
import dataclasses
from typing import Any

from glint import context as glint_context
from glint.i18n import _
from glint.image import difference
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions

# What to do about an image of the same bytes that differs otherwise.
COPY = 'copy'
AMEND = 'amend'
ADOPT = 'adopt'

#: How many images of other projects the target is asked about, whether the
#: project has accepted them: only an admin sees others.
_MAX_ASKED = 10

#: Tells what a site refused of an image, by its id.
Refused = Callable[[str], Mapping[str, Any]]


@dataclasses.dataclass(frozen=True)
class Choice:
    """What to do about the images of the right bytes.

    :ivar record: the image to adopt, None if a copy is to be made.
    :ivar changes: what it is to be amended by, as in
        :func:`glint.image.difference.changes`.
    :ivar differences: how an image differs: the one to adopt or, beside a
        copy, the one that comes nearest; a sentence, or empty.
    :ivar notes: what else is worth knowing of the image to adopt.
    :ivar refused: what the site refused of the image, and is not missed.
    """

    record: images.Record | None = None
    changes: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    differences: str = ''
    notes: Sequence[str] = ()
    refused: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def choose(
    target: sessions.SiteSession,
    source: images.Record,
    options: Mapping[str, Any],
    boots: Mapping[str, Sequence[str]],
    refused: Refused,
) -> Choice:
    """Look for an image that is used instead of a copy.

    :param target: a session at the target.
    :param source: the record of the image at the source.
    :param options: those of the replication.
    :param boots: see :func:`glint.image.difference.differences`.
    :param refused: what the site refused of an image that Glint made.
    :raises SiteFailure: if the target cannot be asked.
    """
    own = _project(target)
    policy = options.get('on_difference') or COPY
    differing = []
    for record in _usable(target, source):
        every = difference.differences(source, options, record, boots=boots)
        lacking: Mapping[str, Any] = {}
        if every and record.get('owner') == own:
            lacking = refused(record['id'])
        found = [
            item
            for item in every
            # Who wants it amended lets the site be asked again.
            if not difference.is_refused(item, lacking)
            or (policy == AMEND and item.amendable)
        ]
        if not found:
            return Choice(
                record,
                notes=[
                    *notes(target, record),
                    *difference.remarks(source, options, record),
                    *_reminder(every),
                ],
                refused=lacking,
            )
        differing.append((record, found))
    return _settle(target, differing, policy) if differing else Choice()


def _reminder(refused: list[difference.Difference]) -> list[str]:
    if not refused:
        return []
    return [
        _(
            'The site refused before: %s. To try that again, replicate with '
            'on_difference "amend".'
        )
        % difference.describe(refused)
    ]


def is_right(
    target: sessions.SiteSession,
    source: images.Record,
    options: Mapping[str, Any],
    record: images.Record,
    boots: Mapping[str, Sequence[str]],
) -> bool:
    """Say whether an image can be used instead of a copy, whoever made it.

    :param record: of the image; the others are those of :func:`choose`.
    """
    return (
        records.is_same(source, record)
        and not is_foreign(target, record)
        and not difference.differences(source, options, record, boots=boots)
    )


def parts(
    target: sessions.SiteSession, source: images.Record
) -> list[images.Record]:
    """Find the images that serve as a kernel or a ramdisk, best first.

    :param source: the record of the one at the source.
    """
    return [
        record
        for record in _usable(target, source)
        if not difference.formats(source, record)
    ]


def _settle(
    target: sessions.SiteSession,
    differing: list[tuple[images.Record, list[difference.Difference]]],
    policy: str,
) -> Choice:
    """Decide about images that all differ."""
    own = _project(target)
    differing.sort(
        key=lambda item: (item[0].get('owner') != own, len(item[1]))
    )
    if policy == AMEND:
        for record, found in differing:
            if record.get('owner') == own and all(
                item.amendable for item in found
            ):
                return Choice(
                    record,
                    difference.changes(found),
                    _sentence(target, record, found),
                    notes(target, record),
                )
    record, found = differing[0]
    text = _sentence(target, record, found)
    if policy == ADOPT:
        return Choice(record, differences=text, notes=notes(target, record))
    return Choice(differences=text)


def _sentence(
    target: sessions.SiteSession,
    record: images.Record,
    found: list[difference.Difference],
) -> str:
    return _(
        '%(site)s has the same bytes as "%(name)s" (%(id)s): %(differences)s.'
    ) % {
        'site': target.site.name,
        'name': record.get('name') or '',
        'id': record['id'],
        'differences': difference.describe(found),
    }


def notes(target: sessions.SiteSession, record: images.Record) -> list[str]:
    """Say what may surprise who adopts an image."""
    found = []
    if record.get('owner') not in (None, _project(target)):
        found.append(
            _(
                'The image %s belongs to another project of the site, which '
                'may remove it.'
            )
            % record['id']
        )
    if record.get('os_hidden'):
        found.append(_('The image %s is hidden.') % record['id'])
    return found


def _project(target: sessions.SiteSession) -> str | None:
    project_id: str | None = target.access().project_id
    return project_id


def _usable(
    target: sessions.SiteSession, source: images.Record
) -> Iterator[images.Record]:
    """Find the active images with the source's bytes, best first.

    Only those that the whole project may use: an admin's token also shows
    what is others' own.
    """
    own = _project(target)
    asked = 0
    for record in sorted(_found(target, source), key=_rank(own)):
        if is_foreign(target, record):
            if record.get('visibility') != 'shared' or asked == _MAX_ASKED:
                continue
            asked += 1
            if not images.is_accepted(target, record['id'], str(own)):
                continue
        yield record


def is_foreign(target: sessions.SiteSession, record: images.Record) -> bool:
    """Say whether an image is of another project, and not open to all."""
    return record.get('owner') not in (
        None,
        _project(target),
    ) and record.get('visibility') not in ('public', 'community')


def _rank(own: str | None) -> Callable[[images.Record], Any]:
    """Order images: what is seen and stays before what may go."""
    return lambda record: (
        bool(record.get('os_hidden')),
        record.get('owner') != own,
        record.get('visibility') == 'community',
    )


def _found(
    target: sessions.SiteSession, source: images.Record
) -> list[images.Record]:
    """List the active images with the source's bytes.

    :returns: empty, too, if the source tells no hash.
    """

    def find(hidden: bool) -> list[images.Record]:
        return [
            record
            for algorithm, value in records.hashes(source).items()
            for record in images.find_by_hash(target, algorithm, value, hidden)
            if records.is_same(source, record)
        ]

    with futures.ThreadPoolExecutor() as pool:
        found = pool.map(glint_context.carried(find), (False, True))
        return [record for page in found for record in page]
