# SPDX-License-Identifier: Apache-2.0

"""One of several processes that claim copies, as a conductor does.

``python -m benchmarks.claim_process FOLDER NAME NUMBER`` writes a line when it
is ready, begins when its input ends, and writes how many copies it has
claimed.
"""

import sys

from benchmarks import two_services
from glint import context as glint_context
from glint import service
from glint import states
from glint.db import engine
from glint.db.queue import lease
from glint.db.queue import turn


def _claim(name: str, number: int) -> int:
    context = glint_context.for_service()
    claimed = 0
    while claimed < number:
        for replication_id in turn.due(context, 1):
            for copy in lease.claim(context, replication_id, name, 1):
                claimed += 1
                lease.complete(context, copy, outcome=states.COPIED)
    return claimed


def main() -> None:
    folder, name, number = sys.argv[1:]
    conf = two_services.glint_conf(folder)
    service.prepare([], prog='claim', config_files=[str(conf)])
    with engine.reader(glint_context.for_service()):
        print('ready', flush=True)
    sys.stdin.read()
    print(_claim(name, int(number)))


if __name__ == '__main__':
    main()
