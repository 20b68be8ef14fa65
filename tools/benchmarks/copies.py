# SPDX-License-Identifier: Apache-2.0

"""One image to clouds: Glint, and what people use without it."""

from collections.abc import Callable
from collections.abc import Mapping
import pathlib
import subprocess
import sys

from benchmarks import contest
from benchmarks import curl
from benchmarks import lab as labs
from benchmarks import processor
from benchmarks import report

_GLINT = 'Glint'
_PIPE = 'curl | curl'
_OPENSTACK = 'save + create'
_THREE = '3 curl -T'


class _Round:
    """An image, its targets, and the ways from the one to the others."""

    def __init__(self, lab: labs.Lab, mib: int, targets: int) -> None:
        self._lab = lab
        self._mib = mib
        self._targets = lab.others[:targets]
        self._image_id = lab.source(mib)

    def _measure(
        self, work: Callable[[], float | None], copier: Callable[[], float]
    ) -> contest.Figures:
        home = self._lab.home
        before = home.reads(self._image_id)
        figures = processor.measure(
            work,
            {
                'cpu_copier': copier,
                'cpu_source': home.processor_seconds,
                'cpu_target': lambda: sum(
                    cloud.processor_seconds() for cloud in self._targets
                ),
            },
        )
        for cloud in self._targets:
            cloud.delete_all()
        return {**figures, 'reads': home.reads(self._image_id) - before}

    def glint(self) -> contest.Figures:
        return self._measure(
            lambda: self._lab.replicate(self._image_id, self._targets),
            self._lab.processor_seconds,
        )

    def pipe(self) -> contest.Figures:
        # Tokens and the record are not counted: the goal is the harder.
        source = self._lab.home.data(self._image_id)
        [target] = self._records()
        return self._measure(
            lambda: curl.pipe(source, target, self._mib * 2**20),
            processor.of_commands,
        )

    def send(self) -> contest.Figures:
        """Send a local file to all targets."""
        path = self._lab.file(self._mib)
        targets = self._records()
        return self._measure(
            lambda: curl.send(path, targets), processor.of_commands
        )

    def _records(self) -> list[tuple[str, str]]:
        return [cloud.data(cloud.create()) for cloud in self._targets]

    def openstack(self) -> contest.Figures:
        path = self._lab.root / 'saved.raw'
        figures = self._measure(
            lambda: self._save_and_create(path), processor.of_commands
        )
        path.unlink()
        return figures

    def _save_and_create(self, path: pathlib.Path) -> None:
        formats = ('--disk-format', 'raw', '--container-format', 'bare')
        file = ('--file', str(path))
        _openstack(self._lab.home, 'save', *file, self._image_id)
        _openstack(self._targets[0], 'create', *file, *formats, labs.NAME)


def _openstack(cloud: labs.Cloud, *arguments: str) -> None:
    subprocess.run(
        [
            pathlib.Path(sys.executable).parent / 'openstack',
            *('--os-cloud', cloud.name, 'image', *arguments),
        ],
        stdout=subprocess.DEVNULL,
        check=True,
    )


def measure_one(lab: labs.Lab, mib: int, runs: int) -> report.Report:
    """Measure copies to one cloud: ``curl | curl``, save and create.

    :param mib: the size of the image.
    :param runs: of each way.
    """
    turn = _Round(lab, mib, 1)
    ways = {_GLINT: turn.glint, _PIPE: turn.pipe, _OPENSTACK: turn.openstack}
    samples = _hold(lab, ways, runs)
    seconds = {name: item.median('seconds') for name, item in samples.items()}
    goals = [
        report.Goal(
            f'Glint takes, of {_PIPE}',
            seconds[_GLINT] / seconds[_PIPE],
            '<=',
            1.05,
        ),
        report.Goal(
            f'Glint is faster than {_OPENSTACK}, times',
            seconds[_OPENSTACK] / seconds[_GLINT],
            '>=',
            2.5,
        ),
    ]
    return _report(f'{mib} MiB to one target', mib, samples, goals)


def measure_three(lab: labs.Lab, mib: int, runs: int) -> report.Report:
    """Measure copies to three clouds: ``curl -T`` from a local file.

    :param mib: the size of the image.
    :param runs: of each way.
    """
    turn = _Round(lab, mib, 3)
    samples = _hold(lab, {_GLINT: turn.glint, _THREE: turn.send}, runs)
    glint, theirs = (
        samples[name].median('seconds') for name in (_GLINT, _THREE)
    )
    goals = [
        report.Goal(f'Glint takes, of {_THREE}', glint / theirs, '<=', 1.1),
        report.Goal(
            'Glint reads the source, times',
            max(run['reads'] for run in samples[_GLINT].runs),
            '<=',
            1,
        ),
    ]
    return _report(f'{mib} MiB to three targets', 3 * mib, samples, goals)


def _hold(
    lab: labs.Lab,
    ways: Mapping[str, contest.Way],
    runs: int,
) -> dict[str, contest.Samples]:
    samples = contest.hold(ways, runs)
    lab.home.delete_all()
    return samples


def _report(
    what: str,
    mib: int,
    samples: Mapping[str, contest.Samples],
    goals: list[report.Goal],
) -> report.Report:
    """Make the report.

    :param mib: what arrives in all clouds together.
    """
    glint = samples[_GLINT].median('seconds')
    rows = [
        (
            name,
            f'{item.median("seconds"):.2f}',
            item.span('seconds'),
            f'{mib / item.median("seconds"):.0f}',
            f'{item.median("seconds") / glint:.2f}',
            *(
                f'{item.median(key):.2f}'
                for key in ('cpu_copier', 'cpu_source', 'cpu_target')
            ),
            f'{item.median("reads"):.0f}',
        )
        for name, item in samples.items()
    ]
    count = len(samples[_GLINT].runs)
    return report.Report(
        f'{what}, median of {count}; copier, source and target are seconds '
        'of processor time',
        [
            (
                *('Way', 'seconds', 'from-to', 'MiB/s', 'ratio'),
                *('copier', 'source', 'target', 'reads'),
            ),
            *rows,
        ],
        goals,
        samples,
    )
