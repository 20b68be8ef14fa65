# SPDX-License-Identifier: Apache-2.0

"""Guru Meditation Reports: what a process is doing, when it is asked."""

import faulthandler
import os
import signal
import threading
from types import FrameType

from oslo_reports import guru_meditation_report as gmr
from oslo_reports import opts

from glint import conf
from glint import version


def stacks() -> str:
    """Show the stacks of all threads as of one moment.

    oslo.reports walks the stacks while their threads go on, so that of a busy
    one may lack all but its innermost functions. Here no thread runs until all
    are written.

    :returns: of at most 100 threads, which is Python's limit, the files, lines
        and functions, the last call first.
    """
    # In memory: a full disk is a reason to ask for a report.
    with os.fdopen(os.memfd_create('stacks'), 'w+') as text:
        faulthandler.dump_traceback(text, all_threads=True)
        text.seek(0)
        return text.read()


def _prepare() -> None:
    opts.set_defaults(conf.CONF)
    sections = getattr(gmr.TextGuruMeditation, 'persistent_sections', ())
    if ('Stacks', stacks) not in sections:
        gmr.TextGuruMeditation.register_section('Stacks', stacks)


def listen(prog: str) -> None:
    """Make a report at SIGUSR2, also in processes that are forked later.

    Python takes no signals but in the main thread.

    :param prog: what the report is called; the pid is added.
    """
    _prepare()

    def handle(_signal: int, frame: FrameType | None) -> None:
        gmr.TextGuruMeditation.handle_signal(
            version,
            f'{prog}-{os.getpid()}',
            conf.CONF.oslo_reports.log_dir,
            frame,
        )

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGUSR2, handle)


def watch(prog: str) -> None:
    """Make a report when the configured file, if any, is touched.

    A thread does that, which is not there any more after a fork.

    :param prog: what the report is called; the pid is added.
    """
    _prepare()
    gmr.TextGuruMeditation.setup_autorun(
        version,
        service_name=f'{prog}-{os.getpid()}',
        conf=conf.CONF,
        setup_signal=False,
    )
