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
    return [
        Rule(
            *(str(rule[key]) for key in ('service', 'method', 'path')),
        )
        for rule in rules
    ]


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
        and _pattern(rule.path).search(path) is not None
        for rule in rules
    )


def _pattern(path: str) -> re.Pattern[str]:
    """Read a pattern as keystonemiddleware does."""
    parts = re.split(r'({[^}]*}|\*+)', path)
    expression = ''.join(
        re.escape(part)
        if not number % 2
        else '.*'
        if part.startswith('**')
        else '[^/]+'
        for number, part in enumerate(parts)
    )
    return re.compile(f'^(/[^/]+)*{expression}$')


def missing(rules: Sequence[Rule] | None, use: Use) -> list[Rule]:
    """List the calls for a use that rules do not permit."""
    return [rule for rule in NEEDED[use] if not has(rules, rule)]


def has(rules: Sequence[Rule] | None, needed: Rule) -> bool:
    """Say whether rules permit a needed call."""
    return permits(rules, needed.method, example(needed), needed.service)


def example(rule: Rule) -> str:
    """Make a path of a needed call, of something that does not exist."""
    return rule.path.replace('*', _ID)
