# SPDX-License-Identifier: Apache-2.0

"""How the parts of a run ended."""

from collections.abc import Sequence
import os
import threading

from workbench import stestr
from workbench import table


class Results:
    """What has ended so far, from any thread.

    :ivar problems: why the run has failed, beside failed tests.
    :ivar missing: what cannot be had here, and why.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.missing: dict[str, str] = {}
        self._totals = stestr.Totals()
        self._rows: dict[str, table.Row] = {}
        # Guards the totals.
        self._lock = threading.Lock()

    def add(
        self,
        name: str,
        seconds: float,
        result: str,
        totals: stestr.Totals | None,
    ) -> None:
        """Keep how a part ended.

        :param result: in words; one that has failed begins with FAILED.
        """
        self._rows[name] = table.Row(name, seconds, result, totals)
        if totals:
            with self._lock:
                self._totals.add(totals)
        if result.startswith('FAILED'):
            failed = totals.names if totals else []
            self.problems.append('\n  '.join([f'{name} failed.', *failed]))

    def report(self, order: Sequence[str], seconds: float) -> int:
        """Say how all ended.

        :param order: the names of parts.
        :param seconds: that the run took.
        :returns: the exit code.
        """
        print('\n=== Result')
        print(table.text([self._rows[n] for n in order if n in self._rows]))
        print(f'The run took {seconds:.0f} s.')
        for reason in self.missing.values():
            print(f'Not run: {reason}')
        if os.environ.get('CI') == 'true':
            if self.missing:
                self.problems.append('In CI, everything has to run.')
            if self._totals.skipped:
                self.problems.append('In CI, no test may be skipped.')
        for problem in self.problems:
            print(f'Failed: {problem}')
        if self._totals.ran or self._totals.failed:
            self._totals.show()
            print(self._totals.summary, flush=True)
        return 1 if self.problems else 0
