# SPDX-License-Identifier: Apache-2.0

"""Glint's feed and its senders, alone in a process.

``python -m benchmarks.engine_process JSON`` moves one image and writes what
that took, as JSON.
"""

from collections.abc import Sequence
import concurrent.futures
import json
import sys
import time

from benchmarks import memory
from glint import interrupt as interrupts
from glint.image import network
from glint.image import session as sessions
from glint.stream import download
from glint.stream import feed as feeds
from glint.stream import ring
from glint.stream import spool
from glint.stream import store as stores
from glint.stream import upload

#: The default of memory_per_feed.
_MEMORY = 4 * 2**20
_TIMEOUT = 60.0


def _session(url: str) -> sessions.SiteSession:
    session = sessions.SiteSession(
        sessions.SiteAddress('null', 'null', f'{url}/v3'),
        'v3password',
        {'username': 'u', 'password': 'p', 'user_domain_name': 'd'},
        network.AddressPolicy(allow=['127.0.0.1/32']),
    )
    # What belongs to the sites' APIs is not measured here.
    session.image_endpoint  # noqa: B018
    return session


def _store(size: int, targets: int, spool_dir: str) -> stores.Store:
    """Make what a conductor would take."""
    if targets > 1:
        return spool.Spool(spool_dir, size)
    return ring.Ring(
        _MEMORY, lambda offset: spool.Spool(spool_dir, size - offset)
    )


def _feed(
    session: sessions.SiteSession,
    size: int,
    sha512: str,
    store: stores.Store,
) -> feeds.Feed:
    interrupt = interrupts.Interrupt()
    return feeds.Feed(
        lambda offset: download.open_source(
            session,
            str(size),
            offset,
            interrupt=interrupt,
            timeout=_TIMEOUT,
        ),
        site='null',
        size=size,
        expected={'sha512': sha512},
        store=store,
        interrupt=interrupt,
    )


def _move(feed: feeds.Feed, targets: Sequence[sessions.SiteSession]) -> None:
    def send(target: sessions.SiteSession) -> None:
        upload.upload(
            target,
            'null',
            feed,
            interrupt=interrupts.Interrupt(),
            progress=lambda _sent: None,
            stall_timeout=_TIMEOUT,
        )

    feed.start()
    with concurrent.futures.ThreadPoolExecutor(len(targets)) as pool:
        list(pool.map(send, targets))


def main() -> None:
    task = json.loads(sys.argv[1])
    targets = [_session(url) for url in task['targets']]
    feed = _feed(
        _session(task['source']),
        task['size'],
        task['sha512'],
        _store(task['size'], len(targets), task['spool_dir']),
    )
    idle = memory.idle()
    began, cpu = time.monotonic(), time.process_time()
    _move(feed, targets)
    figures = {
        'seconds': time.monotonic() - began,
        'cpu': time.process_time() - cpu,
        'memory': memory.peak() - idle,
    }
    feed.close()
    print(json.dumps(figures))


if __name__ == '__main__':
    main()
