# SPDX-License-Identifier: Apache-2.0

"""What goes wrong when, all of it decided by one number."""

from collections.abc import Sequence
import dataclasses
import random

CONDUCTORS = ('conductor-1', 'conductor-2', 'conductor-3')
API = 'api'
BROKER = 'rabbitmq'

#: Bytes of a body, where something goes wrong with it.
_PLACES = (0, 0, 500, 70_000, 1_000_000)
_STATUSES = (429, 500, 502, 503, 504)


@dataclasses.dataclass(frozen=True)
class Kind:
    """A way in which things go wrong.

    :ivar weight: how often it is chosen beside the others.
    :ivar victims: what it can happen to: conductors, API, broker, database,
        glances, keystones or lines, which are the proxies before the Glances.
    :ivar seconds: how long it lasts, at least and at most.
    """

    weight: int
    victims: str
    seconds: tuple[float, float]


KINDS = {
    'conductor killed': Kind(6, 'conductors', (0, 9)),
    'conductor worker killed': Kind(3, 'conductors', (0, 0)),
    'conductor stopped': Kind(4, 'conductors', (0, 3)),
    'conductor paused': Kind(6, 'conductors', (1, 14)),
    'conductor reloaded': Kind(2, 'conductors', (0, 0)),
    'API worker killed': Kind(3, 'API', (0, 0)),
    'API worker paused': Kind(2, 'API', (1, 5)),
    'broker killed': Kind(2, 'broker', (0, 5)),
    'broker stopped': Kind(2, 'broker', (0, 5)),
    'database killed': Kind(3, 'database', (0, 8)),
    'database stopped': Kind(3, 'database', (0, 8)),
    'database paused': Kind(2, 'database', (1, 9)),
    'Glance killed': Kind(6, 'glances', (0, 6)),
    'Glance stopped': Kind(3, 'glances', (0, 4)),
    'Glance paused': Kind(4, 'glances', (1, 8)),
    'Keystone killed': Kind(3, 'keystones', (0, 5)),
    'upload cut': Kind(5, 'lines', (0, 0)),
    'upload corrupted': Kind(4, 'lines', (0, 0)),
    'upload stalled': Kind(4, 'lines', (6, 14)),
    'upload throttled': Kind(3, 'lines', (3, 10)),
    'download cut': Kind(5, 'lines', (0, 0)),
    'download corrupted': Kind(4, 'lines', (0, 0)),
    'download stalled': Kind(4, 'lines', (6, 14)),
    'download throttled': Kind(3, 'lines', (3, 10)),
    'requests delayed': Kind(4, 'lines', (3, 9)),
    'requests refused': Kind(5, 'lines', (2, 6)),
    'answers late': Kind(3, 'lines', (3, 9)),
    'answers lost': Kind(5, 'lines', (3, 9)),
    'network cut': Kind(3, 'lines', (1, 9)),
}


@dataclasses.dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    :ivar at: when, in seconds after the beginning.
    :ivar kind: one of KINDS.
    :ivar victim: the process, server or line.
    :ivar seconds: how long.
    :ivar place: the byte of a body that it is about.
    :ivar status: what the proxy answers.
    """

    at: float
    kind: str
    victim: str
    seconds: float
    place: int
    status: int

    def __str__(self) -> str:
        return f'{self.at:7.1f} s  {self.kind}: {self.victim}'


def make(
    seed: int,
    count: int,
    seconds: float,
    clouds: Sequence[str],
    database: str,
) -> list[Fault]:
    """Choose the faults of a run.

    :param seed: the same one gives the same faults.
    :param count: how many.
    :param seconds: over what time they are spread.
    :param clouds: their names.
    :param database: the name of its server.
    :returns: the faults, in their order.
    """
    chance = random.Random(f'faults/{seed}')
    victims = {
        'conductors': CONDUCTORS,
        'API': (API,),
        'broker': (BROKER,),
        'database': (database,),
        'glances': tuple(f'{cloud}-glance' for cloud in clouds),
        'keystones': tuple(f'{cloud}-keystone' for cloud in clouds),
        'lines': tuple(clouds),
    }
    names = list(KINDS)
    weights = [kind.weight for kind in KINDS.values()]
    # Each kind once before chance decides, as far as there are as many.
    chosen = chance.sample(names, min(count, len(names)))
    chosen += chance.choices(names, weights, k=count - len(chosen))
    times = sorted(chance.uniform(0, seconds) for _ in chosen)
    chance.shuffle(chosen)
    return [
        Fault(
            at=at,
            kind=name,
            victim=chance.choice(victims[KINDS[name].victims]),
            seconds=chance.uniform(*KINDS[name].seconds),
            place=chance.choice(_PLACES),
            status=chance.choice(_STATUSES),
        )
        for at, name in zip(times, chosen, strict=True)
    ]
