# SPDX-License-Identifier: Apache-2.0

"""One image to three clouds: Glint, and ``curl -T`` from a local file."""

from collections.abc import Callable

from benchmarks import contest
from benchmarks import curl
from benchmarks import lab as labs
from benchmarks import processor
from benchmarks import report

GLINT = 'Glint'
CURL = '3 curl -T'


class _Round:
    """An image, its targets, and the ways from the one to the others."""

    def __init__(self, lab: labs.Lab, mib: int) -> None:
        self._lab = lab
        self._file = lab.file(mib)
        self._targets = lab.others[:3]
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
                'cpu_targets': lambda: sum(
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

    def curl(self) -> contest.Figures:
        targets = [cloud.data(cloud.create()) for cloud in self._targets]
        return self._measure(
            lambda: curl.send(self._file, targets), processor.of_commands
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
        ],
        runs,
        say,
    )
    lab.home.delete_all()
    seconds = {name: item.median('seconds') for name, item in samples.items()}
    return report.Report(
        f'{mib} MiB to three targets, median of {runs}; copier, source and '
        'targets are seconds of processor time',
        [
            (
                *('Way', 'seconds', 'from-to', 'MiB/s', 'ratio'),
                *('copier', 'source', 'targets', 'reads'),
            ),
            *(
                (
                    name,
                    f'{seconds[name]:.2f}',
                    item.span('seconds'),
                    f'{3 * mib / seconds[name]:.0f}',
                    f'{seconds[name] / seconds[GLINT]:.2f}',
                    *(
                        f'{item.median(key):.2f}'
                        for key in ('cpu_copier', 'cpu_source', 'cpu_targets')
                    ),
                    f'{item.median("reads"):.0f}',
                )
                for name, item in samples.items()
            ),
        ],
        [
            report.Goal(
                f'Glint takes, of {CURL}',
                seconds[GLINT] / seconds[CURL],
                '<=',
                1.1,
            ),
            report.Goal(
                'Glint reads the source, times',
                max(run['reads'] for run in samples[GLINT].runs),
                '<=',
                1,
            ),
        ],
        samples,
    )
