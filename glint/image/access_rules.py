# SPDX-License-Identifier: Apache-2.0

"""What an application credential with access rules lets Glint do.

Keystone names the rules in each token of such a credential. A Glance answers
401 to what they do not have, as it does to a wrong token.
"""

from collections.abc import Iterable
from collections.abc import Sequence
import dataclasses
import enum
import re
from typing import Any
import uuid

IMAGE = 'image'
IDENTITY = 'identity'

#: No path of Keystone's is longer.
_MAX_PATH = 255

#: Any id, to be put where the needed paths have a star.
_ID = str(uuid.UUID(int=0))


@dataclasses.dataclass(frozen=True)
class Rule:
    """One call that a credential may make.

    :ivar service: the type of the service
    :ivar method: such as GET
    :ivar path: a pattern; ``*`` stands for a part of the path, ``**`` for
        any number of them
    """

    service: str
    method: str
    path: str

    def __str__(self) -> str:
        return f'{self.method} {self.path}'


class Use(enum.StrEnum):
    """What copying needs calls for."""

    SOURCE = 'source'
    TARGET = 'target'
    #: To remove what was begun and not finished.
    CLEANING = 'cleaning'
    #: To set visibility, hiding, protection.
    PUBLISHING = 'publishing'
    SHARING = 'sharing'
    #: Questions that copies do without.
    ADVICE = 'advice'


LIST = Rule(IMAGE, 'GET', '/v2/images')
_RECORD = Rule(IMAGE, 'GET', '/v2/images/*')
_DOWNLOAD = Rule(IMAGE, 'GET', '/v2/images/*/file')
#: What Keystone tells of the credential itself, such as when it ends.
OWN = Rule(IDENTITY, 'GET', '/v3/users/*/application_credentials/*')

#: All calls that Glint makes at a site, by what they are for: a credential
#: needs no other ones. ``doc/source/user/access-rules.json`` and the client
#: have the same.
NEEDED: dict[Use, tuple[Rule, ...]] = {
    Use.SOURCE: (_RECORD, _DOWNLOAD),
    Use.TARGET: (
        LIST,
        _RECORD,
        Rule(IMAGE, 'POST', '/v2/images'),
        Rule(IMAGE, 'PUT', '/v2/images/*/file'),
    ),
    Use.CLEANING: (Rule(IMAGE, 'DELETE', '/v2/images/*'),),
    Use.PUBLISHING: (Rule(IMAGE, 'PATCH', '/v2/images/*'),),
    Use.SHARING: (
        Rule(IMAGE, 'GET', '/v2/images/*/members'),
        Rule(IMAGE, 'POST', '/v2/images/*/members'),
    ),
    Use.ADVICE: (
        Rule(IMAGE, 'GET', '/v2/schemas/image'),
        Rule(IMAGE, 'GET', '/v2/info/usage'),
        Rule(IMAGE, 'GET', '/v2/info/import'),
        OWN,
    ),
}

#: What proves that a Glance takes the credential, the best proof first.
PROOFS = (LIST, _RECORD, _DOWNLOAD)


def read(rules: Iterable[Any] | None) -> list[Rule] | None:
    """Read the rules that a token names.

    :param rules: as Keystone gives them, None where there are none
    :raises TypeError: and KeyError, when they are no rules
    """
    if rules is None:
        return None
    found = [
        Rule(*(str(rule[key]) for key in ('service', 'method', 'path')))
        for rule in rules
    ]
    return [rule for rule in found if len(rule.path) <= _MAX_PATH]


def permits(
    rules: Sequence[Rule] | None,
    method: str,
    path: str,
    service: str = IMAGE,
) -> bool:
    """Say whether rules permit a call.

    A service may be reached at a path below which its own paths begin, and
    depending on its server this one counts or not; either is good enough.

    :param rules: None where everything is permitted
    """
    return rules is None or any(
        rule.service == service
        and rule.method == method
        and _matches(rule.path, path)
        for rule in rules
    )


def _matches(pattern: str, path: str) -> bool:
    """Compare a path with a pattern, as keystonemiddleware does.

    Not by a regular expression: a pattern of the site's choice could keep
    that busy for ever.
    """
    # Where in the path what was read of the pattern may end.
    places = {place for place, found in enumerate(path) if found == '/'}
    for number, part in enumerate(re.split(r'({[^}]*}|\*+)', pattern)):
        if not number % 2:
            places = {
                place + len(part)
                for place in places
                if path.startswith(part, place)
            }
        elif part.startswith('**'):
            places = set(range(min(places, default=len(path)), len(path) + 1))
        else:
            places = {
                end
                for place in places
                for end in range(place + 1, _end_of_part(path, place) + 1)
            }
        if not places:
            return False
    return len(path) in places


def _end_of_part(path: str, start: int) -> int:
    found = path.find('/', start)
    return len(path) if found < 0 else found


def missing(rules: Sequence[Rule] | None, use: Use) -> list[Rule]:
    """List the calls for a use that rules do not permit."""
    return [rule for rule in NEEDED[use] if not has(rules, rule)]


def has(rules: Sequence[Rule] | None, needed: Rule) -> bool:
    """Say whether rules permit a needed call."""
    return permits(rules, needed.method, example(needed), needed.service)


def example(rule: Rule) -> str:
    """Make a path of a needed call, of something that does not exist."""
    return rule.path.replace('*', _ID)
