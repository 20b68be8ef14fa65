# SPDX-License-Identifier: Apache-2.0

"""Glint's feed and senders, without Keystone and Glance."""

from collections.abc import Iterator
import contextlib
import pathlib
import subprocess
import sys

from benchmarks import contest
from benchmarks import curl
from benchmarks import null_site
from benchmarks import processor
from benchmarks import report

CURL = 'curl | curl'
_TARGETS = (1, 2, 4, 8)
_GOAL_TARGETS = 4


@contextlib.contextmanager
def _null_site() -> Iterator[str]:
    """Run a site in a process of its own.

    :returns: its URL.
    """
    with subprocess.Popen(
        [sys.executable, '-m', null_site.__name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin and process.stdout
        try:
            yield f'http://127.0.0.1:{int(process.stdout.readline())}'
        finally:
            process.stdin.close()


class _Round:
    """A source, its sinks, and the ways from the one to the others.

    :param spool_dir: for the feed.
    """

    def __init__(
        self,
        source: str,
        sinks: list[str],
        spool_dir: pathlib.Path,
    ) -> None:
        self._source = source
        self._sinks = sinks
        self._spool_dir = spool_dir

    def way(self, name: str, mib: int, targets: int) -> contest.Way:
        return self._curl(mib) if name == CURL else self._glint(mib, targets)

    def _glint(self, mib: int, targets: int) -> contest.Way:
        size = mib * 2**20
        sha512 = null_site.sha512(size)
        return lambda: contest.apart(
            'benchmarks.engine_process',
            source=self._source,
            targets=self._sinks[:targets],
            size=size,
            sha512=sha512,
            spool_dir=str(self._spool_dir),
        )

    def _curl(self, mib: int) -> contest.Way:
        source = (f'{self._source}/v2/images/{mib * 2**20}/file', 'null')
        target = (f'{self._sinks[0]}/v2/images/null/file', 'null')
        return lambda: processor.measure(
            lambda: curl.pipe(source, target, mib * 2**20),
            {'cpu': processor.of_commands},
        )


def _name(way: str, mib: int, targets: int) -> str:
    return f'{way}, {mib} MiB to {targets}'


def measure(root: pathlib.Path, mib: int, runs: int) -> report.Report:
    """Measure it, with an image of a quarter and one of four times the size.

    :param root: the folder for the spool.
    :param runs: of each way.
    """
    small, large = max(mib // 4, 1), mib * 4
    kinds = [
        (CURL, small, 1),
        *(('Glint', small, targets) for targets in _TARGETS),
        (CURL, large, 1),
        # That memory does not grow with the image shows with any number.
        ('Glint', large, _GOAL_TARGETS),
    ]
    with contextlib.ExitStack() as stack:
        source, *sinks = (stack.enter_context(_null_site()) for _ in range(9))
        turn = _Round(source, sinks, root)
        samples = contest.hold(
            {_name(*kind): turn.way(*kind) for kind in kinds}, runs
        )
    rows = [
        _row(samples[_name(way, size, targets)], way, size, targets)
        for way, size, targets in kinds
    ]
    return report.Report(
        f'The engine alone, to sinks that drop all, median of {runs}',
        [
            (
                *('Way', 'MiB', 'sinks', 'seconds', 'MiB/s in all'),
                *('CPU s per GiB', 'peak RSS, MiB'),
            ),
            *rows,
        ],
        [
            goal
            for size in (small, large)
            for goal in _goals(
                samples[_name('Glint', size, _GOAL_TARGETS)], size
            )
        ],
        samples,
    )


def _row(
    samples: contest.Samples, way: str, mib: int, targets: int
) -> tuple[str, ...]:
    seconds = samples.median('seconds')
    total = mib * targets
    memory = '-'
    if way != CURL:
        memory = f'{samples.median("memory"):.1f}'
    return (
        way,
        str(mib),
        str(targets),
        f'{seconds:.2f}',
        f'{total / seconds:.0f}',
        f'{samples.median("cpu") * 1024 / total:.2f}',
        memory,
    )


def _goals(samples: contest.Samples, mib: int) -> list[report.Goal]:
    case = f'{mib} MiB to {_GOAL_TARGETS} sinks'
    total = mib * _GOAL_TARGETS / 1024
    return [
        report.Goal(
            f'GiB/s, {case}', total / samples.median('seconds'), '>=', 1.1
        ),
        report.Goal(
            f'Peak RSS above idle, {case}', samples.median('memory'), '<', 64
        ),
    ]
