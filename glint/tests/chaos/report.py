# SPDX-License-Identifier: Apache-2.0

"""What a run found, as tables."""

import collections

from glint.tests.chaos import run as runs
from glint.tests.chaos import schedule

_LINE = '{:<26} {:>8} {:>6}'


def text(result: runs.Result) -> str:
    """:returns: the tables, with what is needed to do it again."""
    done: collections.Counter[str] = collections.Counter()
    felt: collections.Counter[str] = collections.Counter()
    for injury in result.injuries:
        done[injury.fault.kind] += 1
        felt[injury.fault.kind] += injury.felt
    options = result.options
    lines = [_LINE.format('FAULT', 'INJECTED', 'FELT')]
    lines += [
        _LINE.format(kind, done[kind], felt[kind])
        for kind in schedule.KINDS
        if done[kind]
    ]
    lines += [_LINE.format('all', done.total(), felt.total()), '']
    lines += [
        f'{count:>6} copies {state}'
        for state, count in sorted(result.states.items())
    ]
    lines += [f'{result.answers:>6} answers of the API', '']
    kinds = collections.Counter(v.kind for v in result.violations)
    lines += [f'{len(result.violations):>6} violations']
    lines += [f'{count:>6} {kind}' for kind, count in kinds.items()]
    lines += [f'       {kind}: {what}' for kind, what in result.violations]
    lines += [f'Not done or undone: {what}' for what in result.broken]
    lines += [
        '',
        f'{result.seconds:.0f} s on {options.database}. Again with',
        f'  tools/chaos --seed {options.seed} --faults {options.faults} '
        f'--copies {options.copies} --seconds {options.seconds:.0f} '
        f'--database {options.database}',
    ]
    return '\n'.join(lines)
