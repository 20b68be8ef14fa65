# SPDX-License-Identifier: Apache-2.0

"""The worst that a generator can think of, sent to the real API."""

import json
import os
import pathlib
import re
import subprocess
import sys

from glint.api import openapi
from glint.tests.integration import base
from glint.tests.integration import stack as stacks

_BIN = pathlib.Path(sys.executable).parent

#: How many requests are sent, at least.
REQUESTS = int(os.environ.get('GLINT_FUZZ_REQUESTS', '1000'))
#: How many each call of the API gets from each way of making them, at a time;
#: the generator has no more than so many ideas.
_EXAMPLES = max(5, min(250, REQUESTS // 40))

#: A body can be too large as well as wrong.
_SETTINGS = """\
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415]
"""

_CHECKS = (
    'not_a_server_error',
    'status_code_conformance',
    'content_type_conformance',
    'response_schema_conformance',
    'negative_data_rejection',
    'unsupported_method',
    'ignored_auth',
)


class TestFuzz(base.TestCase):
    """schemathesis, by the document that is made of Glint's own schemas."""

    DEFAULT_TIMEOUT = 7200

    def test_bad_requests_get_documented_answers(self) -> None:
        self.stack.start_conductor()
        self.add_site(self.lab.clouds[1])
        document = self.stack.folder / 'openapi.json'
        document.write_text(json.dumps(openapi.document()))
        settings = self.stack.folder / 'schemathesis.toml'
        settings.write_text(_SETTINGS)
        tried = 0
        while tried < REQUESTS:
            tried += self._fuzz(str(settings), str(document))

    def _fuzz(self, settings: str, document: str) -> int:
        """Send requests, others with each call.

        :returns: how many.
        """
        token = self.lab.home.member.session().get_token()
        done = subprocess.run(
            [
                _BIN / 'schemathesis',
                f'--config-file={settings}',
                'run',
                document,
                f'--url={self.url}',
                f'--header=X-Auth-Token: {token}',
                f'--checks={",".join(_CHECKS)}',
                f'--max-examples={_EXAMPLES}',
                '--continue-on-failure',
                '--no-shrink',
                '--suppress-health-check=all',
                '--output-sanitize=true',
            ],
            cwd=self.stack.folder,
            capture_output=True,
            text=True,
        )
        self.addDetail('schemathesis', stacks.text(done.stdout + done.stderr))
        self.assertEqual(0, done.returncode)
        # It would be content with a document that names no calls, too.
        tried = re.search(r'(\d+) generated', done.stdout)
        assert tried is not None
        self.assertGreater(int(tried[1]), 500)
        return int(tried[1])
