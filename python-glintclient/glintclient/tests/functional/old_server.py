# SPDX-License-Identifier: Apache-2.0

"""A service that knows fewer calls than the client."""

from http import server
import json
import threading
from typing import Any

import fixtures


class _Handler(server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        base = f'http://{self.headers["Host"]}'
        if self.path.rstrip('/') in ('', '/v1'):
            version = {
                'id': 'v1.0',
                'status': 'CURRENT',
                'min_version': '1.0',
                'version': '1.0',
                'links': [{'rel': 'self', 'href': f'{base}/v1/'}],
            }
            self._answer(200, {'versions': [version]})
        else:
            error = {
                'status': 404,
                'code': 'image-replication.request.not_found',
                'title': 'Not found',
                'detail': 'There is nothing at this address.',
                'request_id': '',
                'links': [],
            }
            self._answer(404, {'errors': [error]})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_arguments: Any) -> None:
        pass


class OldServer(fixtures.Fixture):
    """Runs one.

    :ivar url: where it answers.
    """

    def _setUp(self) -> None:
        httpd = server.ThreadingHTTPServer(('127.0.0.1', 0), _Handler)
        self.url = f'http://127.0.0.1:{httpd.server_port}'
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(httpd.server_close)
        self.addCleanup(httpd.shutdown)
