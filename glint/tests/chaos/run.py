# SPDX-License-Identifier: Apache-2.0

"""One run, from the first image to the verdict."""

from collections.abc import Callable
import dataclasses
import threading
import time
from typing import Any

from glint.tests.chaos import harm
from glint.tests.chaos import load as loads
from glint.tests.chaos import schedule
from glint.tests.chaos import witness as witnesses
from glint.tests.chaos import world as worlds
from glint.tests.integration import lab as labs


@dataclasses.dataclass(frozen=True)
class Options:
    """What kind of a run.

    :ivar seed: decides on everything.
    :ivar faults: how many.
    :ivar copies: how many, at least.
    :ivar seconds: over what time faults and requests are spread.
    :ivar patience: how long all may take to end afterwards, in seconds.
    :ivar database: the name of the server.
    """

    seed: int
    faults: int
    copies: int
    seconds: float
    patience: float = 600
    database: str = 'mariadb'


@dataclasses.dataclass
class Result:
    """What came of a run.

    :ivar injuries: the faults that happened.
    :ivar states: how many copies ended in which state, before those in error
        were tried again.
    :ivar broken: what went wrong with the run itself.
    """

    options: Options
    injuries: list[harm.Injury]
    states: dict[str, int]
    answers: int
    violations: list[witnesses.Violation]
    broken: list[str]
    seconds: float


def run(
    world: worlds.World, options: Options, say: Callable[[str], None]
) -> Result:
    """Copy images while things go wrong, and look what came of it.

    :param world: running.
    :param say: is called with each piece of news.
    """
    began = time.monotonic()
    clouds = [cloud.name for cloud in world.lab.clouds]
    plan = schedule.make(
        options.seed,
        options.faults,
        options.seconds,
        clouds,
        options.database,
    )
    images, wishes = loads.plan(
        options.seed, options.copies, options.seconds, clouds
    )
    witness = witnesses.Witness(world)
    harmer = harm.Harm(world)
    load = loads.Load(world, images, wishes)
    try:
        say(f'Uploading {len(images)} images.')
        load.upload()
        say(f'{len(wishes)} replications, {len(plan)} faults begin.')
        harming = threading.Thread(target=harmer.run, args=(plan,))
        harming.start()
        try:
            load.run()
            harming.join()
        finally:
            harmer.end()
            harming.join()
        say('All faults are over; waiting for the copies.')
        replications = loads.until_all_final(
            load, options.patience, witnesses.is_over
        )
        states = _count(replications)
        say(f'Looking at the clouds: {states}.')
        witness.look(load, replications, harmer.injuries)
        if states.get('error'):
            say(f'Trying {states["error"]} copies again.')
            witness.look_again(load, options.patience, harmer.injuries)
    finally:
        witness.clean()
    return Result(
        options,
        harmer.injuries,
        states,
        len(load.answers),
        witness.violations,
        harmer.broken,
        time.monotonic() - began,
    )


def _count(replications: list[dict[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for replication in replications:
        for copy in replication['copies']:
            name = copy['state']
            if name == 'completed':
                name = copy['outcome']
            found[name] = found.get(name, 0) + 1
    return found


def lab() -> labs.Lab:
    """Return the lab that $GLINT_LAB names.

    :raises SystemExit: if it names none.
    """
    found = labs.load()
    if found is None:
        raise SystemExit('Set GLINT_LAB to the lab.json of "tools/lab start".')
    return found
