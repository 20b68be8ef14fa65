# SPDX-License-Identifier: Apache-2.0

"""Looks whether all is as Glint says, without any of its code.

Each Glance is asked by its administrator, and every image is downloaded; the
database is read in SQL.
"""

import collections
import datetime
import hashlib
import os
from typing import Any
from typing import NamedTuple

from glint.tests import waiting
from glint.tests.chaos import blame
from glint.tests.chaos import harm
from glint.tests.chaos import load as loads
from glint.tests.chaos import world as worlds
from glint.tests.integration import lab as labs

_FINAL = ('completed', 'error', 'cancelled')
_PIECE = 1024 * 1024
#: How long a nameless file may stay after its last use, in seconds.
_LINGER = 30


class Violation(NamedTuple):
    """Something that must not be.

    :ivar kind: which rule.
    :ivar text: what exactly, for people.
    """

    kind: str
    text: str


def is_over(replication: dict[str, Any]) -> bool:
    """Say whether nothing is left to do for a replication."""
    return all(
        copy['state'] in _FINAL and not _has_leftover(copy)
        for copy in replication['copies']
    )


def _has_leftover(copy: dict[str, Any]) -> bool:
    return copy['outcome'] is None and copy['target_image_id'] is not None


class Witness:
    """Knows what was there before, and what users asked for.

    :ivar violations: all that was found, in its order.
    """

    def __init__(self, world: worlds.World) -> None:
        self._world = world
        self._sessions = {
            cloud.name: cloud.admin.session() for cloud in world.lab.clouds
        }
        self._digests: dict[str, str] = {}
        self.violations: list[Violation] = []
        self._before = {
            name: set(self._images(name)) for name in self._sessions
        }

    def _say(self, kind: str, text: str) -> None:
        if (violation := Violation(kind, text)) not in self.violations:
            self.violations.append(violation)

    def _cloud(self, name: str) -> labs.Cloud:
        return next(c for c in self._world.lab.clouds if c.name == name)

    def _images(self, name: str) -> dict[str, dict[str, Any]]:
        """:returns: all images of a cloud by their ids."""
        cloud = self._cloud(name)
        found: dict[str, dict[str, Any]] = {}
        for hidden in ('false', 'true'):
            path: str | None = f'/v2/images?limit=500&os_hidden={hidden}'
            while path:
                page = self._sessions[name].get(cloud.image_url + path).json()
                found |= {image['id']: image for image in page['images']}
                path = page.get('next')
        return found

    def _sha512(self, name: str, image_id: str) -> str:
        key = f'{name}/{image_id}'
        if key not in self._digests:
            url = f'{self._cloud(name).image_url}/v2/images/{image_id}/file'
            digest = hashlib.sha512()
            answer = self._sessions[name].get(url, stream=True)
            for piece in answer.iter_content(_PIECE):
                digest.update(piece)
            self._digests[key] = digest.hexdigest()
        return self._digests[key]

    def look(
        self,
        load: loads.Load,
        replications: list[dict[str, Any]],
        injuries: list[harm.Injury],
    ) -> None:
        """Compare what is with what should be.

        :param replications: as the API shows them, at the end.
        :param injuries: what can explain an error.
        """
        self._check_rows(load, replications)
        explained = blame.Blame(injuries, self._world.lab.home.name)
        names = {site: name for name, site in self._world.sites.items()}
        sources = {
            request.replication_id: load.images[request.wish.image]
            for request in load.requests
        }
        completed: dict[tuple[str, str], set[str]] = {}
        for replication in replications:
            source = sources[replication['id']]
            for copy in replication['copies']:
                target = names[copy['target_site_id']]
                what = f'copy {copy["id"]} to {target}'
                if copy['state'] == 'completed':
                    key = (target, source.sha512())
                    completed.setdefault(key, set()).add(
                        copy['target_image_id']
                    )
                elif copy['state'] == 'error':
                    self._check_error(copy, source, target, explained)
                if copy['state'] not in _FINAL:
                    self._say('not final', f'{what} is {copy["state"]}')
                if _has_leftover(copy):
                    self._say('left behind', f'{what} left an image')
        for cloud in self._sessions:
            self._check_cloud(cloud, load, completed)
        for answer in load.answers:
            fault = explained.fault_of_answer(answer)
            if fault is not None:
                self._say(fault, f'{answer.call}: {answer}')
        self._check_conductors()

    def look_again(
        self,
        load: loads.Load,
        patience: float,
        injuries: list[harm.Injury],
    ) -> None:
        """Now that nothing goes wrong any more, all that failed must work.

        :param patience: how long it may take, in seconds.
        """
        for request in load.requests:
            shown = load.show(request)
            if shown is not None and shown['state'] == 'error':
                load.retry(request)
        replications = loads.until_all_final(load, patience, is_over)
        for replication in replications:
            for copy in replication['copies']:
                if copy['state'] == 'error':
                    self._say('no recovery', f'copy {copy["id"]}: {copy}')
        self.look(load, replications, injuries)

    def _check_rows(
        self, load: loads.Load, replications: list[dict[str, Any]]
    ) -> None:
        for wish in load.unheard:
            self._say('no answer', f'{wish}')
        shown = {replication['id'] for replication in replications}
        wanted = {request.replication_id for request in load.requests}
        for lost in wanted - shown:
            self._say('row lost', f'replication {lost} is not shown')
        tokens = {request.wish.token for request in load.requests}
        rows = self._world.stack.rows
        [(count,)] = rows('SELECT count(*) FROM replications')
        if not len(wanted) == len(tokens) == count:
            self._say(
                'rows doubled',
                f'{count} rows, {len(wanted)} ids for {len(tokens)} requests',
            )
        copies = sum(len(request.wish.targets) for request in load.requests)
        [(count,)] = rows('SELECT count(*) FROM copies')
        if count != copies:
            self._say('rows lost', f'{count} copies where {copies} were asked')
        open_ = rows("SELECT id FROM attempts WHERE state = 'copying'")
        held = rows('SELECT id FROM copies WHERE lease IS NOT NULL')
        if open_ or held:
            self._say('row inconsistent', f'attempts {open_}, leases {held}')
        for replication in replications:
            state = _state({c['state'] for c in replication['copies']})
            if replication['state'] != state:
                self._say(
                    'row inconsistent',
                    f'replication {replication["id"]} is '
                    f'{replication["state"]}, its copies are {state}',
                )

    def _check_error(
        self,
        copy: dict[str, Any],
        source: loads.Image,
        target: str,
        explained: blame.Blame,
    ) -> None:
        error = copy['error'] or {}
        began, ended = (
            datetime.datetime.fromisoformat(copy[name]).timestamp()
            for name in ('started_at', 'finished_at')
        )
        if not error.get('detail') or not explained.explains(
            error['code'], source.cloud, target, began, ended
        ):
            self._say('reason not true', f'copy {copy["id"]}: {error}')

    def _check_cloud(
        self,
        cloud: str,
        load: loads.Load,
        completed: dict[tuple[str, str], set[str]],
    ) -> None:
        """Each content that was copied is there once, and nothing else."""
        wanted = {
            digest: ids
            for (name, digest), ids in completed.items()
            if name == cloud
        }
        known = set().union(*wanted.values()) if wanted else set()
        found: dict[str, list[str]] = collections.defaultdict(list)
        for image_id, image in self._images(cloud).items():
            if image_id in self._before[cloud] or image_id in load.image_ids:
                continue
            what = f'{cloud}: image {image_id}, {image["status"]}'
            if image['status'] != 'active':
                self._say('half done', what)
                continue
            digest = self._sha512(cloud, image_id)
            found[digest].append(image_id)
            if digest not in wanted and image_id in known:
                self._say('wrong bytes', what)
            elif image_id not in known:
                self._say('image without a copy', what)
        for digest, ids in wanted.items():
            if sorted(ids) != sorted(found[digest]):
                self._say(
                    'not exactly once',
                    f'{cloud}: copies name {sorted(ids)}, there are '
                    f'{sorted(found[digest])} with the bytes',
                )

    def _check_conductors(self) -> None:
        for name in os.listdir(self._world.spool):
            self._say('spool', f'the file {name} is left')
        try:
            waiting.until(
                lambda: not self._world.open_files(), _LINGER, 'closed spool'
            )
        except AssertionError:
            self._say('spool', f'open: {self._world.open_files()}')
        written = self._world.stack.everything_written(debug=False)
        for line in blame.unexpected(written):
            self._say('unexpected exception', line)

    def clean(self) -> None:
        """Delete all images that were not there before."""
        for cloud in self._world.lab.clouds:
            session = self._sessions[cloud.name]
            for image_id in self._images(cloud.name):
                if image_id not in self._before[cloud.name]:
                    session.delete(f'{cloud.image_url}/v2/images/{image_id}')


def _state(copies: set[str]) -> str:
    """:returns: the state of a replication whose copies have ended."""
    for state in ('error', 'cancelled', 'completed'):
        if state in copies:
            return state
    return 'not final'
