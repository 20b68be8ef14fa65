# SPDX-License-Identifier: Apache-2.0

"""What Glint takes before and beside the bytes."""

import concurrent.futures
import time

from benchmarks import contest
from benchmarks import inotify
from benchmarks import lab as labs
from benchmarks import report

_MIB = 1


class _Round:
    """A small image, copied and adopted."""

    def __init__(self, lab: labs.Lab) -> None:
        self._lab = lab
        self._target = lab.others[0]
        self._image_id = lab.source(_MIB)

    def copy_and_adopt(self) -> contest.Figures:
        stored = self._lab.home.folder / 'images' / self._image_id
        with (
            inotify.FirstRead(stored) as first_read,
            concurrent.futures.ThreadPoolExecutor() as pool,
        ):
            read = pool.submit(first_read.wait)
            began = time.monotonic()
            copied = self._lab.replicate(self._image_id, [self._target])
            first_byte = read.result() - began
        adopted = self._lab.replicate(
            self._image_id, [self._target], 'adopted'
        )
        self._target.delete_all()
        return {
            'first_byte': first_byte,
            'copied': copied,
            'adopted': adopted,
        }


def measure(lab: labs.Lab, _mib: int, runs: int) -> report.Report:
    """Measure it.

    :param runs: how often.
    """
    turn = _Round(lab)
    samples = contest.hold({'Glint': turn.copy_and_adopt}, runs)
    lab.home.delete_all()
    found = samples['Glint']
    return report.Report(
        f'From POST to an event, median of {runs}',
        [
            ('Event', 'seconds', 'from-to'),
            *(
                (text, f'{found.median(key):.2f}', found.span(key))
                for text, key in (
                    ('first byte read at the source', 'first_byte'),
                    (f'{_MIB} MiB copied', 'copied'),
                    ('adopted', 'adopted'),
                )
            ),
        ],
        [
            report.Goal(
                'Seconds to the first byte',
                found.median('first_byte'),
                '<',
                0.3,
            ),
            report.Goal('Seconds to adopt', found.median('adopted'), '<', 1),
        ],
        samples,
    )
