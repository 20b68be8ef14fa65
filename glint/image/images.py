# SPDX-License-Identifier: Apache-2.0

"""The calls to a site's Glance about its images, but for their data."""

from collections.abc import Mapping
import json
from typing import Any
import urllib.parse

from glint.i18n import _
from glint.image import failure
from glint.image import glance
from glint.image import query as queries
from glint.image import session as sessions
from glint.image import text

Record = dict[str, Any]

_PATCH = 'application/openstack-images-v2.1-json-patch'

#: How long the texts may be that are computed with, shown or kept.
_TEXTS = {
    'id': 36,
    'status': 64,
    'checksum': 128,
    'container_format': 64,
    'disk_format': 64,
    'name': 255,
    'os_hash_algo': 64,
    'os_hash_value': 128,
    'owner': 255,
    'visibility': 64,
}
#: Characters of a property's name and of a tag.
_MAX_NAME = 255
_MAX_SIZE = 2**63 - 1

#: How many images are asked for at a time when some are looked for, and how
#: often: a content or a name that more have is none to look for.
_PAGE = 100
_MAX_PAGES = 20


def _record(
    session: sessions.SiteSession,
    call: str,
    body: Any,
    image_id: str | None = None,
) -> Record:
    """Pass a record on if all of it is what it has to be.

    :param image_id: of which image it has to be, if that is known
    """
    # glance.client makes an empty record of an answer that is none.
    if not (isinstance(body, dict) and body):
        raise session.failure(call, 'garbled')
    wrong = _wrong(body)
    if wrong is None and image_id is not None:
        # Some databases tell neither case nor blanks at the end.
        same = body['id'].lower() == image_id.rstrip(' ').lower()
        wrong = None if same else 'id'
    if wrong is not None:
        raise session.failure(
            call, 'record', said=_('its field %s') % wrong[:_MAX_NAME]
        )
    return body


def _wrong(record: Record) -> str | None:
    """Find a field that no Glance gives so.

    :returns: its name, None if there is none
    """
    size, tags = record.get('size'), record.get('tags')
    if size is not None and not (type(size) is int and 0 <= size <= _MAX_SIZE):
        return 'size'
    if tags is not None and not (
        isinstance(tags, list)
        and all(text.fits(tag, _MAX_NAME) for tag in tags)
    ):
        return 'tags'
    for key, most in _TEXTS.items():
        value = record.get(key)
        if not (value is None or text.fits(value, most)):
            return key
    if not record.get('id'):
        return 'id'
    if record.get('status', '') is None:
        return 'status'
    for key, value in record.items():
        if not text.fits(key, _MAX_NAME):
            return 'name'
        if isinstance(value, str) and not text.is_whole(value):
            return key
    return None


def _quoted(value: str) -> str:
    """Make an id one segment of a path, which glanceclient does not."""
    return urllib.parse.quote(value, safe='')


def get(session: sessions.SiteSession, image_id: str) -> Record:
    """The record of an image.

    :raises SiteFailure: when the site has none, among others
    """
    with glance.client(session, 'get') as client:
        body = dict(client.images.get(_quoted(image_id)))
    return _record(session, 'get', body, image_id)


def find(session: sessions.SiteSession, image_id: str) -> Record | None:
    """The record of an image, None when it is gone."""
    try:
        return get(session, image_id)
    except failure.SiteFailure as e:
        if e.http_status in (404, 410):
            return None
        raise


def _find(
    session: sessions.SiteSession,
    *,
    hidden: bool = False,
    community: bool = False,
    **filters: str,
) -> list[Record]:
    """Images of which fields have these very values, at most 2,000.

    The filters are asked for as well as applied: old Glances ignore what they
    do not know, and many databases compare without regard to case.

    :param hidden: whether to list the hidden images instead of the others
    :param community: whether to list those of other projects, too, that are
        open to all without being offered to them
    """
    asked = {**filters, 'limit': str(_PAGE)}
    if hidden:
        asked['os_hidden'] = 'true'
    if community:
        asked['visibility'] = 'all'
    found: list[Record] = []
    for _number in range(_MAX_PAGES):
        try:
            page, more = _page(session, asked)
        except failure.SiteFailure as e:
            # An old Glance, and some that are no Glance, know no "all".
            if e.http_status != 400 or not asked.pop('visibility', None):
                raise
            page, more = _page(session, asked)
        found += page
        if not page or not more:
            break
        asked['marker'] = page[-1]['id']
    return [
        record
        for record in found
        if all(record.get(key) == filters[key] for key in filters)
        and bool(record.get('os_hidden')) is hidden
    ]


def _page(
    session: sessions.SiteSession, asked: Mapping[str, str]
) -> tuple[list[Record], bool]:
    """One page of a list, and whether there is another one."""
    with glance.client(session, 'list') as client:
        # glanceclient's list follows the address that comes with a page.
        _answer, body = client.http_client.get(queries.path(**asked))
    # Not within: a fault of these checks would be told as one of the site.
    listed = body.get('images')
    if not isinstance(listed, list):
        raise session.failure('list', 'garbled')
    page = [_record(session, 'list', item) for item in listed]
    return page, bool(body.get('next'))


def find_by_hash(
    session: sessions.SiteSession,
    algorithm: str,
    value: str,
    hidden: bool = False,
) -> list[Record]:
    """The images that have a content, as far as the user sees them.

    Only active ones: a refused upload leaves a queued image with its hash.
    Images that are shared with the project count once it accepted them. Who
    is an admin there sees those of all projects, whether shared or not.

    :param algorithm: a name as in ``os_hash_algo``, or md5
    :param value: the digest in hexadecimal
    :param hidden: whether to list the hidden images instead of the others
    """
    if algorithm == 'md5':
        return _find(
            session,
            hidden=hidden,
            community=True,
            checksum=value,
            status='active',
        )
    return [
        record
        for record in _find(
            session,
            hidden=hidden,
            community=True,
            os_hash_value=value,
            status='active',
        )
        if record.get('os_hash_algo') == algorithm
    ]


def find_by_property(
    session: sessions.SiteSession, key: str, value: str
) -> list[Record]:
    """The images, in any state, of which a property has a value."""
    return [
        record
        for hidden in (False, True)
        for record in _find(
            session, hidden=hidden, community=False, **{key: value}
        )
    ]


def find_by_name(session: sessions.SiteSession, name: str) -> list[Record]:
    """The images with a name, in any state."""
    return _find(session, name=name)


def create(session: sessions.SiteSession, body: Mapping[str, Any]) -> Record:
    """Make the record of an image, queued and without data.

    :param body: as :func:`glint.image.record.new_record` makes it
    :returns: what the site made, of which the id may be another one
    """
    with glance.client(session, 'create') as client:
        # glanceclient's create takes a property named backend for a store.
        _answer, made = client.http_client.post('/v2/images', data=dict(body))
    return _record(session, 'create', made)


def update(
    session: sessions.SiteSession, image_id: str, changes: Mapping[str, Any]
) -> Record:
    """Change fields or properties of an image.

    :param changes: their new values; a property is removed by None
    """
    patch: list[dict[str, Any]] = []
    for key, value in changes.items():
        path = '/' + key.replace('~', '~0').replace('/', '~1')
        if value is None:
            patch.append({'op': 'remove', 'path': path})
        else:
            patch.append({'op': 'add', 'path': path, 'value': value})
    with glance.client(session, 'update') as client:
        # glanceclient's update also gets the record before and afterwards.
        _answer, made = client.http_client.patch(
            '/v2/images/' + _quoted(image_id),
            headers={'Content-Type': _PATCH},
            # What is not text would be sent as another type.
            data=json.dumps(patch),
        )
    return _record(session, 'update', made, image_id)


def delete(
    session: sessions.SiteSession, image_id: str, *, protected: bool = False
) -> None:
    """Delete an image; one that is gone is as good.

    :param protected: whether Glint protected it, and so may undo that
    :raises SiteFailure: when it stays
    """
    try:
        if protected:
            update(session, image_id, {'protected': False})
        with glance.client(session, 'delete') as client:
            client.images.delete(_quoted(image_id))
    except failure.SiteFailure as e:
        if e.http_status not in (404, 410):
            raise


def set_active(
    session: sessions.SiteSession, image_id: str, *, active: bool
) -> None:
    """Let nobody but administrators use an image's data, or all again.

    :param active: whether the data may be used; what holds already is as good
    :raises SiteFailure: also where only administrators may do so
    """
    with glance.client(session, 'update') as client:
        if active:
            client.images.reactivate(_quoted(image_id))
        else:
            client.images.deactivate(_quoted(image_id))


def checked(record: Any) -> Record | None:
    """Take a record of a list only if all of it is what it has to be."""
    if isinstance(record, dict) and record and _wrong(record) is None:
        return record
    return None


def members(session: sessions.SiteSession, image_id: str) -> dict[str, str]:
    """The projects that an image is shared with.

    :returns: by their ids, what they made of it: accepted, pending, rejected
    """
    with glance.client(session, 'list') as client:
        found = {
            member['member_id']: member['status']
            for member in client.members.list(_quoted(image_id))
        }
    if not all(
        text.fits(said, _MAX_NAME) for said in (*found, *found.values())
    ):
        raise session.failure('list', 'record', said=_('its members'))
    return found


def is_accepted(
    session: sessions.SiteSession, image_id: str, project_id: str
) -> bool:
    """Say whether a project has accepted an image that is shared with it."""
    try:
        with glance.client(session, 'list') as client:
            member = client.members.get(_quoted(image_id), _quoted(project_id))
            return bool(member.get('status') == 'accepted')
    except failure.SiteFailure as e:
        if e.http_status in (403, 404):
            return False
        raise


def add_member(
    session: sessions.SiteSession, image_id: str, project_id: str
) -> None:
    """Share an image with a project; once more does no harm."""
    try:
        with glance.client(session, 'update') as client:
            client.members.create(_quoted(image_id), project_id)
    except failure.SiteFailure as e:
        if e.http_status != 409:
            raise


def formats(session: sessions.SiteSession) -> dict[str, list[str]]:
    """The values that a site takes for disk_format and container_format."""
    with glance.client(session, 'list') as client:
        _answer, body = client.http_client.get('/v2/schemas/image')
        return {
            key: [
                value
                for value in body['properties'][key]['enum']
                if isinstance(value, str)
            ]
            for key in ('disk_format', 'container_format')
        }


def usage(session: sessions.SiteSession) -> dict[str, dict[str, int]]:
    """What a project uses and may use, by quota.

    :returns: such as ``{'image_size_total': {'usage': 3, 'limit': 10}}``, in
        MiB
    :raises SiteFailure: when the site counts none, among others
    """
    with glance.client(session, 'list') as client:
        return {
            name: {key: int(found[key]) for key in ('usage', 'limit')}
            for name, found in client.info.get_usage().items()
        }
