# SPDX-License-Identifier: Apache-2.0

"""Where Glint's processor time goes while it copies one image to one cloud."""

import collections
from collections.abc import Iterator
import contextlib
import pathlib
import re
import signal
import subprocess
import sys

from benchmarks import contest
from benchmarks import lab as labs
from benchmarks import report

#: Looks per second.
_RATE = 200
#: Lines of the table.
_MOST = 15
_REST = 'all else'
#: Where threads wait; py-spy takes some of that for work.
_WAITS = re.compile(r'(threading|queue|selectors|dispatcher|impl_fake)\.py:')


@contextlib.contextmanager
def _recorded(pid: int, path: pathlib.Path) -> Iterator[None]:
    """Have py-spy look at a process during the block.

    :param path: where it writes what it saw.
    """
    with subprocess.Popen(
        [
            pathlib.Path(sys.executable).parent / 'py-spy',
            *('record', '--pid', str(pid), '--rate', str(_RATE)),
            *('--format', 'raw', '--output', str(path)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as recorder:
        assert recorder.stdout
        # It says that it begins, or why it cannot.
        print(f'      {recorder.stdout.readline().strip()}', flush=True)
        try:
            yield
        finally:
            recorder.send_signal(signal.SIGINT)
            recorder.communicate()


def _seconds(text: str) -> contest.Figures:
    """Sum up what py-spy saw.

    :param text: a line for each stack, outermost function first, with the
        number of times that it was seen at work.
    :returns: the seconds in each line of the code, without those in what it
        calls in Python.
    """
    seen: collections.Counter[str] = collections.Counter()
    for line in text.splitlines():
        stack, _space, count = line.rpartition(' ')
        function, _space, place = stack.rpartition(';')[2].partition(' (')
        # From the package on.
        place = re.sub(r'^.*/(?=\w+/[^/]+/[^/]+$)', '', place.rstrip(')'))
        if not _WAITS.search(place):
            seen[f'{function}, {place}'] += int(count)
    most = seen.most_common(_MOST)
    rest = seen.total() - sum(count for _place, count in most)
    return {place: count / _RATE for place, count in (*most, (_REST, rest))}


def measure_one(lab: labs.Lab, mib: int, _runs: int) -> report.Report:
    """Record one copy.

    :param mib: the size of the image.
    """
    return _measure(lab, mib, 1)


def measure_three(lab: labs.Lab, mib: int, _runs: int) -> report.Report:
    """Record three copies at the same time.

    :param mib: the size of the image.
    """
    return _measure(lab, mib, 3)


def _measure(lab: labs.Lab, mib: int, count: int) -> report.Report:
    image_id = lab.source(mib)
    targets = lab.others[:count]
    path = lab.root / 'profile'
    with _recorded(lab.glint_pid, path):
        lab.replicate(image_id, targets)
    for cloud in (lab.home, *targets):
        cloud.delete_all()
    figures = _seconds(path.read_text())
    total = sum(figures.values())
    return report.Report(
        f"Where Glint's processor time goes, {mib} MiB, targets: {count}",
        [
            ('Function and line', 'seconds', 'share'),
            *(
                (place, f'{seconds:.2f}', f'{seconds / total:.0%}')
                for place, seconds in figures.items()
            ),
        ],
        [],
        {'Glint': contest.Samples([figures])},
    )
