# SPDX-License-Identifier: Apache-2.0

"""The matrix of many images at many sites, as the database has them."""

import pathlib
import tempfile

from benchmarks import contest
from benchmarks import report

_SITES = 50
_IMAGES = 2000
_QUERIES = ('limit=100', 'limit=1000', 'limit=100&state=missing')
_KINDS = {'same everywhere': False, 'all different': True}


def _way(root: pathlib.Path, kind: str, query: str) -> contest.Way:
    def run() -> contest.Figures:
        with tempfile.TemporaryDirectory(dir=root) as folder:
            return contest.apart(
                'benchmarks.matrix_process',
                folder=folder,
                connection=f'sqlite:///{folder}/glint.db',
                sites=_SITES,
                images=_IMAGES,
                distinct=_KINDS[kind],
                query=query,
            )

    return run


def measure(root: pathlib.Path, runs: int) -> report.Report:
    """Measure it.

    :param root: the folder for the database.
    :param runs: of each query.
    """
    cases = [(kind, query) for kind in _KINDS for query in _QUERIES]
    samples = contest.hold(
        {', '.join(case): _way(root, *case) for case in cases}, runs
    )
    rows = []
    goals = []
    for kind, query in cases:
        name = f'{kind}, {query}'
        found = samples[name]
        rows.append(
            (
                kind,
                query,
                f'{found.median("seconds"):.2f}',
                found.span('seconds'),
                f'{found.median("cpu"):.2f}',
                f'{found.median("size"):.1f}',
                f'{found.median("memory"):.0f}',
            )
        )
        goals += [
            report.Goal(f'Seconds, {name}', found.median('seconds'), '<', 2),
            report.Goal(f'MiB, {name}', found.median('memory'), '<', 256),
        ]
    return report.Report(
        f'{_SITES} sites with {_IMAGES} images each, median of {runs}',
        [
            (
                *('Contents', 'Query', 'seconds', 'from-to', 'CPU s'),
                *('answer, MiB', 'peak RSS, MiB'),
            ),
            *rows,
        ],
        goals,
        samples,
    )
