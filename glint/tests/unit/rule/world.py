# SPDX-License-Identifier: Apache-2.0

"""Sites, images and replicas for tests of rules, in few words."""

import dataclasses
from datetime import datetime
from datetime import timedelta
from typing import Any

from glint import states
from glint.rule import comparison
from glint.rule import replica as replicas
from glint.rule import terms

NOW = datetime(2026, 11, 30, 12)
LONG_AGO = NOW - timedelta(days=30)
FOLLOW = (
    'name',
    'tags',
    'properties',
    'visibility',
    'hidden',
    'protected',
    'deactivated',
)


def image(key: str = '1', **fields: Any) -> dict[str, Any]:
    """Make an image at the source; its data is named as it is."""
    return {
        'id': f's{key}',
        'name': f'image-{key}',
        'status': 'active',
        'visibility': 'public',
        'os_hidden': False,
        'protected': False,
        'owner': 'p',
        'tags': [],
        'size': 10,
        'disk_format': 'raw',
        'container_format': 'bare',
        'min_disk': 0,
        'min_ram': 0,
        'checksum': None,
        'os_hash_algo': 'sha512',
        'os_hash_value': _hash(key),
        'created_at': '2026-11-01T00:00:00Z',
        **fields,
    }


def made(key: str = '1', **fields: Any) -> dict[str, Any]:
    """Make what Glint made of that image at a target."""
    marks = {
        'glint_source_id': f's{key}',
        'glint_replication_id': f'r{key}',
        'glint_source_hash': f'sha512:{_hash(key)}',
    }
    return image(key, **{'id': f't{key}', **marks, **fields})


def foreign(key: str = '1', **fields: Any) -> dict[str, Any]:
    """Make an image of other data that somebody else has at a target."""
    values = {'id': f'f{key}', 'os_hash_value': _hash(f'9{key}'), **fields}
    return image(key, **values)


def replica(key: str = '1', **fields: Any) -> replicas.Replica:
    """Make the replica of an image at the target ``a``, in step with it."""
    values: dict[str, Any] = {
        'source_image_id': f's{key}',
        'site_id': 'a',
        'name': f'image-{key}',
        'state': states.IN_SYNC,
        'image_id': f't{key}',
        'content': f'sha512:{_hash(key)}',
        'written': {
            'name': f'image-{key}',
            'tags': [],
            'visibility': 'public',
            'os_hidden': False,
            'protected': False,
            'min_disk': 0,
            'min_ram': 0,
        },
        **fields,
    }
    return replicas.Replica(**values)


def gone(key: str = '1', **fields: Any) -> replicas.Replica:
    """Make a hidden replica whose source is gone for long enough."""
    written = {**replica(key).written, 'os_hidden': True}
    values: dict[str, Any] = {
        'gone_at': LONG_AGO,
        'gone_count': 2,
        'withdrawn': frozenset([replicas.HIDDEN]),
        'written': written,
        **fields,
    }
    return replica(key, **values)


def listing(*images: dict[str, Any], complete: bool = True) -> terms.Listing:
    """Make what a site lists."""
    return terms.Listing({i['id']: i for i in images}, complete)


def rule(**fields: Any) -> terms.Terms:
    """Make a rule of all images of the source to the target ``a``."""
    return terms.Terms(
        **{
            'project_id': 'p',
            'target_site_ids': ['a'],
            'follow': FOLLOW,
            **fields,
        }
    )


def removal(action: str = terms.DELETE, **fields: Any) -> terms.Removal:
    """Make what becomes of replicas whose source is gone, without a limit."""
    values = {'max_count': 1000, 'max_percent': 100, **fields}
    return terms.Removal(action=action, **values)


def facts(**fields: Any) -> terms.Facts:
    """Make what else is known; each image that is asked for is gone."""
    values = {'now': NOW, 'answers': _NotFound(), **fields}
    return terms.Facts(**values)


class _NotFound(dict[str, int]):
    def get(self, key: str, default: Any = None) -> Any:
        return 404


@dataclasses.dataclass
class Case:
    """A row of a table: what there is, and what a pass makes of it.

    :ivar expected: for each item the action and the key of the image, and
        the changes if there are some.
    """

    expected: tuple[Any, ...]
    source: Any = ()
    target: Any = ()
    known: Any = ()
    rule: dict[str, Any] = dataclasses.field(default_factory=dict)
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)


def _hash(key: str) -> str:
    return key.encode().hex().rjust(32, '0')


def plan(case: Case, elsewhere: Any = None) -> comparison.Plan:
    """Make the pass of a case.

    :param elsewhere: what sites have that the rule does not name.
    """
    facts_ = {'elsewhere': elsewhere or {}, **case.facts}
    others = {k: listing(*v) for k, v in facts_.pop('elsewhere').items()}
    return comparison.compare(
        rule(**case.rule),
        _listing(case.source),
        {'a': case.target if case.target is None else _listing(case.target)}
        | others,
        case.known,
        facts(**facts_),
    )


def told(made_: comparison.Plan) -> list[Any]:
    """Tell what a pass makes, as :class:`Case` does."""
    result: list[Any] = []
    for item in made_.items:
        text = f'{item.action} {item.source_image_id}'
        changed = item.action == terms.AMEND
        result.append((text, dict(item.changes)) if changed else text)
    return result


def _listing(images: Any) -> terms.Listing:
    if images == 'half':
        return listing(complete=False)
    if images and images[0] == 'half':
        return listing(*images[1:], complete=False)
    return listing(*images)
