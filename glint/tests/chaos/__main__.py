# SPDX-License-Identifier: Apache-2.0

"""Run the chaos suite; ``tools/chaos`` has prepared all that it needs."""

import argparse
import pathlib
import sys

from glint.tests.chaos import report
from glint.tests.chaos import run as runs
from glint.tests.chaos import world as worlds


def _say(text: str) -> None:
    print(f'      {text}', flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='python -m glint.tests.chaos')
    for name in ('seed', 'faults', 'copies'):
        parser.add_argument(f'--{name}', type=int, required=True)
    parser.add_argument('--seconds', type=float, required=True)
    parser.add_argument('--database', required=True)
    parser.add_argument('--logs', type=pathlib.Path, required=True)
    return parser


def main() -> int:
    """:returns: the exit code; 1 if anything was not as it must be."""
    arguments = _parser().parse_args()
    options = runs.Options(
        arguments.seed,
        arguments.faults,
        arguments.copies,
        arguments.seconds,
        database=arguments.database,
    )
    with worlds.World(runs.lab(), options.database) as world:
        try:
            result = runs.run(world, options, _say)
        finally:
            world.keep_logs(arguments.logs)
    print(f'\n{report.text(result)}', flush=True)
    return 1 if result.violations or result.broken else 0


if __name__ == '__main__':
    sys.exit(main())
