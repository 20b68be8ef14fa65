# SPDX-License-Identifier: Apache-2.0

"""One image to one cloud: Glint, ``curl | curl``, save and create."""

from collections.abc import Callable
import pathlib
import subprocess
import sys

from benchmarks import contest
from benchmarks import curl
from benchmarks import lab as labs
from benchmarks import processor
from benchmarks import report

GLINT = 'Glint'
CURL = 'curl | curl'
OPENSTACK = 'save + create'


class _Round:
    """An image, a target, and the ways from the one to the other."""

    def __init__(self, lab: labs.Lab, mib: int) -> None:
        self._lab = lab
        self._mib = mib
        self._target = lab.others[0]
        self._image_id = lab.source(mib)

    def _measure(
        self, work: Callable[[], float | None], copier: Callable[[], float]
    ) -> contest.Figures:
        figures = processor.measure(
            work,
            {
                'cpu_copier': copier,
                'cpu_source': self._lab.home.processor_seconds,
                'cpu_target': self._target.processor_seconds,
            },
        )
        self._target.delete_all()
        return figures

    def glint(self) -> contest.Figures:
        return self._measure(
            lambda: self._lab.replicate(self._image_id, [self._target]),
            self._lab.processor_seconds,
        )

    def curl(self) -> contest.Figures:
        # Tokens and the record are not counted: the goal is the harder.
        source = self._lab.home.data(self._image_id)
        target = self._target.data(self._target.create())
        return self._measure(
            lambda: curl.pipe(source, target, self._mib * 2**20),
            processor.of_commands,
        )

    def openstack(self) -> contest.Figures:
        path = self._lab.root / 'saved.raw'
        figures = self._measure(
            lambda: self._save_and_create(path), processor.of_commands
        )
        path.unlink()
        return figures

    def _save_and_create(self, path: pathlib.Path) -> None:
        formats = ('--disk-format', 'raw', '--container-format', 'bare')
        self._openstack(
            self._lab.home, 'save', '--file', str(path), self._image_id
        )
        self._openstack(
            self._target, 'create', '--file', str(path), *formats, labs.NAME
        )

    def _openstack(self, cloud: labs.Cloud, *arguments: str) -> None:
        subprocess.run(
            [
                pathlib.Path(sys.executable).parent / 'openstack',
                *('--os-cloud', cloud.name, 'image', *arguments),
            ],
            stdout=subprocess.DEVNULL,
            check=True,
        )


def measure(
    lab: labs.Lab, mib: int, runs: int, say: Callable[[str], None]
) -> report.Report:
    """Measure it.

    :param mib: the size of the image.
    :param runs: of each contestant.
    :param say: is called with the news.
    """
    turn = _Round(lab, mib)
    samples = contest.hold(
        [
            contest.Contestant(GLINT, turn.glint),
            contest.Contestant(CURL, turn.curl),
            contest.Contestant(OPENSTACK, turn.openstack),
        ],
        runs,
        say,
    )
    lab.home.delete_all()
    seconds = {name: item.median('seconds') for name, item in samples.items()}
    return report.Report(
        f'{mib} MiB to one target, median of {runs}; copier, source and '
        'target are seconds of processor time',
        [
            (
                *('Way', 'seconds', 'from-to', 'MiB/s', 'ratio'),
                *('copier', 'source', 'target'),
            ),
            *(
                (
                    name,
                    f'{seconds[name]:.2f}',
                    item.span('seconds'),
                    f'{mib / seconds[name]:.0f}',
                    f'{seconds[name] / seconds[GLINT]:.2f}',
                    *(
                        f'{item.median(key):.2f}'
                        for key in ('cpu_copier', 'cpu_source', 'cpu_target')
                    ),
                )
                for name, item in samples.items()
            ),
        ],
        [
            report.Goal(
                f'Glint takes, of {CURL}',
                seconds[GLINT] / seconds[CURL],
                '<=',
                1.05,
            ),
            report.Goal(
                f'Glint is faster than {OPENSTACK}, times',
                seconds[OPENSTACK] / seconds[GLINT],
                '>=',
                2.5,
            ),
        ],
        samples,
    )
