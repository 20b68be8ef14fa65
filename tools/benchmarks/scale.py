# SPDX-License-Identifier: Apache-2.0

"""Many replications, beside as many images of Glance."""

import pathlib
import subprocess
import sys
import time

from benchmarks import contest
from benchmarks import many_rows
from benchmarks import report
from benchmarks import two_services as services
from cloudlab import plan
from cloudlab import program

_ROWS = 100_000
#: Requests, claims of one run.
_PAGES = 10
_POSTS = 80
_CLAIMS = 20
_CONDUCTORS = 3


def _pages(service: services.Service) -> dict[str, str]:
    """Name the pages, and say how to ask for each."""
    middle = many_rows.row_id(_ROWS // 2)
    return {
        'first page': '',
        'page in the middle': f'&marker={middle}',
        'first page by state': f'&{service.filter}',
        'page in the middle by state': f'&{service.filter}&marker={middle}',
    }


def _page(service: services.Service, query: str) -> contest.Way:
    def run() -> contest.Figures:
        began = time.monotonic()
        for _number in range(_PAGES):
            found = service.get(f'{service.path}?limit=100{query}')
            if len(found[service.key]) != 100:
                raise services.WrongAnswer(f'{service.name}: {found}')
        return {'seconds': (time.monotonic() - began) / _PAGES}

    return run


def _posts(service: services.Service) -> contest.Way:
    def run() -> contest.Figures:
        began = time.monotonic()
        service.post_many(_POSTS)
        return {'seconds': (time.monotonic() - began) / _POSTS}

    return run


def _claims(root: pathlib.Path) -> contest.Way:
    """Let several processes claim at the same time, as conductors do."""
    command = [sys.executable, '-m', 'benchmarks.claim_process']

    def run() -> contest.Figures:
        processes = [
            subprocess.Popen(
                [*command, str(root), f'conductor-{number}', str(_CLAIMS)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(_CONDUCTORS)
        ]
        for process in processes:
            assert process.stdout
            # Glint's log goes to the same place.
            while process.stdout.readline() not in ('ready\n', ''):
                pass
        began = time.monotonic()
        for process in processes:
            assert process.stdin
            process.stdin.close()
        claimed = 0
        for process in processes:
            assert process.stdout
            claimed += int(process.stdout.read().splitlines()[-1])
            process.wait()
        if claimed != _CONDUCTORS * _CLAIMS:
            raise services.WrongAnswer(f'{claimed} copies were claimed.')
        return {'seconds': (time.monotonic() - began) / claimed}

    return run


def measure(root: pathlib.Path, runs: int) -> report.Report:
    """Measure it.

    :param root: has the lab, with a MariaDB.
    :param runs: of each way.
    """
    lab = plan.Lab.load(root / 'lab')
    assert lab
    program.say(f'Making {_ROWS} replications and {_ROWS} images.')
    glint = services.glint(root, lab)
    glance = services.glance(root, lab)
    project_id = lab.clouds[0].member.project_id
    many_rows.fill_glint(glint.database, project_id, _ROWS)
    many_rows.fill_glance(glance.database, project_id, _ROWS)
    ways = {
        f'{service.name}, {name}': _page(service, query)
        for name in _pages(glint)
        for service in (glint, glance)
        for query in [_pages(service)[name]]
    }
    for service in (glint, glance):
        ways[f'{service.name}, POST'] = _posts(service)
    ways['Glint, claim'] = _claims(root)
    samples = contest.hold(ways, runs)
    rows, goals = [], []
    for name in (*_pages(glint), 'POST'):
        ours, theirs = (
            samples[f'{who}, {name}'] for who in ('Glint', 'Glance')
        )
        ratio = ours.median('seconds') / theirs.median('seconds')
        rows.append(
            (
                name,
                *(_milliseconds(found) for found in (ours, theirs)),
                f'{ratio:.2f}',
            )
        )
        goals.append(
            report.Goal(f"Glint's time, of Glance's, {name}", ratio, '<=', 1)
        )
    claim = samples['Glint, claim']
    rows.append(
        (f'claim, {_CONDUCTORS} conductors', _milliseconds(claim), '-', '-')
    )
    return report.Report(
        f'{_ROWS} replications and {_ROWS} images on one MariaDB, both '
        f'services with two processes of uWSGI, median of {runs}; '
        'milliseconds for one request or claim',
        [('What', 'Glint', 'Glance', 'ratio'), *rows],
        goals,
        samples,
    )


def _milliseconds(found: contest.Samples) -> str:
    return f'{found.median("seconds") * 1000:.1f}'
