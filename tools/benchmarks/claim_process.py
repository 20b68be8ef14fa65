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
from glint.db import lease
from glint.db import turn


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
