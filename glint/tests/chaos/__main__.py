# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

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
