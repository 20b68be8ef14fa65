# SPDX-License-Identifier: Apache-2.0

"""What users do meanwhile: ask for copies, cancel some, retry some."""

from collections.abc import Callable
from collections.abc import Sequence
import concurrent.futures
import dataclasses
import hashlib
import io
import random
import threading
import time
from typing import Any
import uuid

from keystoneauth1 import exceptions as ksa_exceptions
import requests

from glint.tests import noise
from glint.tests.chaos import world as worlds
from glint.tests.integration import stack as stacks

_KIB = 1024
_MIB = 1024 * _KIB
#: Sizes of images: how often, and the least and most bytes.
_SIZES = (
    (60, 1, 256 * _KIB),
    (30, 1 * _MIB, 8 * _MIB),
    (10, 12 * _MIB, 24 * _MIB),
)
#: How long a user tries to get an answer, in seconds.
_PATIENCE = 180
#: Between two tries, and between two looks, in seconds.
_PAUSE = 0.5
#: How long an answer may take, in seconds.
_TIMEOUT = 60


@dataclasses.dataclass(frozen=True)
class Image:
    """An image to be copied.

    :ivar cloud: where it is, by name.
    """

    cloud: str
    size: int
    seed: int

    def data(self) -> bytes:
        return noise.make(self.size, self.seed)

    def sha512(self) -> str:
        return hashlib.sha512(self.data()).hexdigest()


@dataclasses.dataclass(frozen=True)
class Wish:
    """What one user wants.

    :ivar at: when, in seconds after the beginning.
    :ivar image: its number.
    :ivar targets: names of clouds.
    :ivar cancel: how long afterwards it is cancelled, in seconds, if at all.
    :ivar retry: whether what was cancelled is wanted again after all.
    :ivar token: the client_token.
    """

    at: float
    image: int
    targets: tuple[str, ...]
    cancel: float | None
    retry: bool
    token: str


@dataclasses.dataclass
class Request:
    """A wish that Glint has accepted.

    :ivar replication_id: the replication.
    """

    wish: Wish
    replication_id: str


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the API said, or that it said nothing.

    :ivar began: the time, in seconds since 1970.
    :ivar status: None if no answer came.
    """

    began: float
    ended: float
    call: str
    status: int | None
    text: str


def plan(
    seed: int, copies: int, seconds: float, clouds: Sequence[str]
) -> tuple[list[Image], list[Wish]]:
    """Choose images and wishes.

    :param seed: the same one gives the same wishes.
    :param copies: how many, at least.
    :param seconds: over what time they are spread.
    :param clouds: their names; most images are in the first one.
    """
    chance = random.Random(f'load/{seed}')
    images: list[Image] = []
    wanted: list[tuple[int, tuple[str, ...]]] = []
    left = copies
    while left > 0:
        # One of four asks for what somebody has asked for already.
        if not images or chance.random() < 0.75:
            images.append(_image(chance, clouds))
            number = len(images) - 1
        else:
            number = chance.randrange(len(images))
        others = [name for name in clouds if name != images[number].cloud]
        targets = chance.sample(others, chance.randint(1, len(others)))
        wanted.append((number, tuple(targets)))
        left -= len(targets)
    times = sorted(chance.uniform(0, seconds) for _ in wanted)
    return images, [
        Wish(
            at=at,
            image=number,
            targets=targets,
            cancel=chance.uniform(0, 6) if chance.random() < 0.15 else None,
            retry=chance.random() < 0.5,
            token=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        )
        for at, (number, targets) in zip(times, wanted, strict=True)
    ]


def _image(chance: random.Random, clouds: Sequence[str]) -> Image:
    weights = [weight for weight, _least, _most in _SIZES]
    [(_weight, least, most)] = chance.choices(_SIZES, weights)
    away = chance.random() < 0.2
    return Image(
        cloud=chance.choice(clouds[1:]) if away else clouds[0],
        size=chance.randint(least, most),
        seed=chance.getrandbits(64),
    )


class Load:
    """The users of one Glint.

    :ivar image_ids: the ids of the images at their clouds.
    :ivar requests: what was accepted.
    :ivar answers: all that the API answered.
    :ivar unheard: wishes that were never answered.
    """

    def __init__(
        self, world: worlds.World, images: list[Image], wishes: list[Wish]
    ) -> None:
        self._world = world
        self._wishes = wishes
        self.images = images
        self.image_ids: list[str] = []
        self.requests: list[Request] = []
        self.answers: list[Answer] = []
        self.unheard: list[Wish] = []
        self._client = stacks.client(world.lab.home.member, world.url)
        # All threads share a token from now on.
        self._client.get_token()

    def upload(self) -> None:
        """Put the images where they are to be copied from."""
        clients = {
            cloud.name: cloud.member.glance()
            for cloud in self._world.lab.clouds
        }
        for number, image in enumerate(self.images):
            glance = clients[image.cloud]
            made = glance.images.create(
                name=f'chaos-{number}',
                disk_format='raw',
                container_format='bare',
            )
            glance.images.upload(
                made.id, io.BytesIO(image.data()), image_size=image.size
            )
            self.image_ids.append(made.id)

    def run(self) -> None:
        """Do what the users do, and return when they have done it."""
        began = time.monotonic()
        done = threading.Event()
        looker = threading.Thread(target=self._look, args=(done,))
        looker.start()
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            tasks = [
                pool.submit(self._user, wish, began) for wish in self._wishes
            ]
        done.set()
        looker.join()
        for task in tasks:
            task.result()

    def _look(self, done: threading.Event) -> None:
        """Read all the while, as people with a dashboard do."""
        paths = (
            '/v1/replications?limit=20',
            '/v1/sites',
            '/v1/replications?state=error',
        )
        while not done.wait(_PAUSE):
            for path in paths:
                self._call('GET', path)

    def _user(self, wish: Wish, began: float) -> None:
        _sleep_until(began + wish.at)
        body = {
            'image_id': self.image_ids[wish.image],
            'source_site_id': self._world.sites[self.images[wish.image].cloud],
            'target_site_ids': [
                self._world.sites[name] for name in wish.targets
            ],
            'client_token': wish.token,
        }
        answer = self._insist('POST', '/v1/replications', (200, 202), body)
        if answer is None:
            self.unheard.append(wish)
            return
        request = Request(wish, answer['id'])
        self.requests.append(request)
        if wish.cancel is not None:
            _sleep_until(time.monotonic() + wish.cancel)
            path = f'/v1/replications/{request.replication_id}'
            self._insist('PUT', f'{path}/cancel', (202, 409))
            if wish.retry:
                self._insist('PUT', f'{path}/retry', (202, 409))

    def show(self, request: Request) -> dict[str, Any] | None:
        """Return a replication with its copies, None if that takes long."""
        return self._insist(
            'GET', f'/v1/replications/{request.replication_id}', (200,)
        )

    def retry(self, request: Request) -> None:
        """Have the copies of a replication that failed tried again."""
        path = f'/v1/replications/{request.replication_id}/retry'
        self._insist('PUT', path, (202, 409))

    def _insist(
        self,
        method: str,
        path: str,
        wanted: tuple[int, ...],
        body: dict[str, Any] | None = None,
    ) -> dict[str, Any] | None:
        """Call until there is an answer that is wanted.

        :returns: its body; None if there was none in time.
        """
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            answer = self._call(method, path, body)
            if answer is not None and answer.status_code in wanted:
                found: dict[str, Any] = answer.json() if answer.text else {}
                return found
            _sleep_until(time.monotonic() + _PAUSE)
        return None

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> requests.Response | None:
        began = time.time()
        answer = None
        text = ''
        try:
            answer = self._client.request(
                path, method, json=body, timeout=_TIMEOUT
            )
            text = '' if answer.ok else answer.text
        except ksa_exceptions.ClientException as e:
            text = repr(e)
        self.answers.append(
            Answer(
                began,
                time.time(),
                f'{method} {path}',
                None if answer is None else answer.status_code,
                text,
            )
        )
        return answer


def _sleep_until(moment: float) -> None:
    """Let the time of the plan come; nothing is waited for here."""
    time.sleep(max(0.0, moment - time.monotonic()))


def until_all_final(
    load: Load,
    seconds: float,
    is_over: Callable[[dict[str, Any]], bool],
) -> list[dict[str, Any]]:
    """Wait for the end of all copies.

    :param seconds: how long, at most.
    :returns: all replications, as they are then.
    """
    deadline = time.monotonic() + seconds
    found: dict[str, dict[str, Any]] = {}
    waiting = list(load.requests)
    while waiting and time.monotonic() < deadline:
        for request in list(waiting):
            shown = load.show(request)
            if shown is None:
                continue
            found[request.replication_id] = shown
            if is_over(shown):
                waiting.remove(request)
        if waiting:
            _sleep_until(time.monotonic() + _PAUSE)
    return list(found.values())
