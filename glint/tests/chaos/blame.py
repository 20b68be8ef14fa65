# SPDX-License-Identifier: Apache-2.0

"""Which faults explain an error of a copy, or an answer of the API."""

from collections.abc import Iterator
import re

from glint.tests.chaos import harm
from glint.tests.chaos import load as loads

#: How long something may still suffer from what is over, in seconds: a
#: uWSGI starts its workers, and connections are found to be dead.
_AFTERMATH = 30
_BEFORE = 1

_CLOUD = re.compile('Glance|Keystone|upload|download|requests|answers|network')
_CONDUCTOR = re.compile('conductor (killed|worker|stopped|paused)|database')
_UPLOAD = re.compile('Glance|Keystone|upload|requests|answers|network')

#: By the code of an error, which faults make it: of the source, of the
#: target, and of Glint itself.
_CAUSES: dict[
    str, tuple[re.Pattern[str] | None, re.Pattern[str] | None, str | None]
] = {
    'unreachable': (_CLOUD, _CLOUD, None),
    'timeout': (_CLOUD, _CLOUD, None),
    'bad_answer': (_CLOUD, _CLOUD, None),
    'unavailable': (_CLOUD, _CLOUD, None),
    'upload_lost': (None, _UPLOAD, None),
    'storage_unavailable': (None, _UPLOAD, None),
    'image_busy': (None, _UPLOAD, None),
    'image_gone': (None, _UPLOAD, None),
    'not_active': (None, _UPLOAD, None),
    'content_differs': (None, re.compile('upload corrupted'), None),
    'source_corrupt': (re.compile('download corrupted'), None, None),
    'source_lost': (_CLOUD, None, None),
    'conductor_lost': (None, None, _CONDUCTOR.pattern),
}

#: What an API may do that has lost something, by the kinds of faults.
_NOTHING_SAID = re.compile('API|database')
_UNAVAILABLE = re.compile('database|Keystone')
#: Calls that change nothing in a state that is over.
#: By Glint itself, or by what runs it; libraries tell of lost connections
#: with a traceback.
_TRACEBACK = re.compile(
    r'(\S+ \S+ \d+ (?:ERROR|CRITICAL) (?:glint|cotyledon)\S*) '
)
_CONFLICT = re.compile('PUT .*/(cancel|retry)')


class Blame:
    """Knows what happened when.

    :param home: the name of the first cloud.
    """

    def __init__(self, injuries: list[harm.Injury], home: str) -> None:
        self._injuries = injuries
        self._home = home

    def _during(self, began: float, ended: float) -> Iterator[harm.Injury]:
        for injury in self._injuries:
            if (
                injury.began - _BEFORE < ended
                and began < injury.ended + _AFTERMATH
            ):
                yield injury

    def explains(
        self, code: str, source: str, target: str, began: float, ended: float
    ) -> bool:
        """Say whether a fault was there that explains an error of a copy.

        :param source: the name of the cloud, as the target.
        :param began: when the copy did, in seconds since 1970.
        """
        causes = _CAUSES.get(code)
        if causes is None:
            return False
        of_source, of_target, of_glint = causes
        for injury in self._during(began, ended):
            kind = injury.fault.kind
            if of_glint and re.match(of_glint, kind):
                return True
            for name, pattern in ((source, of_source), (target, of_target)):
                at_cloud = injury.fault.victim.partition('-')[0] == name
                if pattern and at_cloud and pattern.match(kind):
                    return True
        return False

    def fault_of_answer(self, answer: loads.Answer) -> str | None:
        """Say what is wrong with an answer of the API, if anything is."""
        if answer.status is not None and answer.status < 400:
            return None
        if answer.status == 409 and _CONFLICT.match(answer.call):
            return None
        allowed = {None: _NOTHING_SAID, 503: _UNAVAILABLE}.get(answer.status)
        if allowed is not None and any(
            self._hits_api(injury) and allowed.match(injury.fault.kind)
            for injury in self._during(answer.began, answer.ended)
        ):
            return None
        if answer.status is None:
            return 'API silent'
        return 'API 5xx' if answer.status >= 500 else 'API refuses'

    def _hits_api(self, injury: harm.Injury) -> bool:
        kind, victim = injury.fault.kind, injury.fault.victim
        return not kind.startswith('Keystone') or victim.startswith(self._home)


def unexpected(written: str) -> Iterator[str]:
    """Find in logs what nobody thought of.

    :param written: all that Glint wrote.
    :returns: one line for each record with a traceback.
    """
    # oslo.log repeats the beginning of a record in each line of it.
    records: dict[str, str] = {}
    for line in written.splitlines():
        found = _TRACEBACK.match(line)
        if found and ('Traceback (most recent' in line or found[1] in records):
            records[found[1]] = line
    yield from records.values()
