# SPDX-License-Identifier: Apache-2.0

import http.client
import json
import re
import socket
import ssl

import ddt
from keystoneauth1 import exceptions as keystone_exceptions
import requests
from urllib3 import exceptions as http_exceptions

from glint.image import failure
from glint.image import network
from glint.image import transport
from glint.image.refusal import table as failure_table
from glint.tests import base

LIMIT = 'The limit has been exceeded on the number of allowed image '

# One line for each row of the table and each answer that it is for:
# call, answer, code, retryable, action.
ROWS = (
    ('authenticate', 'glance', 'not_keystone', False, None),
    ('authenticate', 300, 'not_keystone', False, None),
    ('authenticate', 401, 'unauthorized', False, None),
    ('authenticate', 403, 'unauthorized', False, None),
    ('authenticate', 400, 'not_keystone', False, None),
    ('authenticate', 404, 'not_keystone', False, None),
    ('authenticate', 405, 'not_keystone', False, None),
    ('get', 404, 'source_gone', False, None),
    ('get', 410, 'source_gone', False, None),
    ('create', 400, 'record_refused', False, None),
    ('create', 403, 'forbidden', False, None),
    ('create', 409, 'id_taken', False, 'inspect'),
    ('update', 403, 'forbidden', False, None),
    ('update', 409, 'image_busy', True, None),
    ('delete', 403, 'forbidden', False, None),
    ('delete', 409, 'image_in_use', True, None),
    ('delete', 'used', 'image_in_use', True, None),
    ('upload', 400, 'data_refused', False, 'inspect'),
    ('upload', 403, 'upload_forbidden', False, 'recreate'),
    ('upload', 404, 'image_gone', True, 'recreate'),
    ('upload', 410, 'image_gone', True, 'recreate'),
    ('upload', 409, 'image_busy', True, 'resend'),
    ('upload', 413, 'body_too_large', False, 'delete_record'),
    ('upload', 415, 'format_refused', False, 'delete_record'),
    ('upload', 503, 'storage_unavailable', True, 'inspect'),
    ('upload', 408, 'upload_lost', True, 'resend'),
    ('upload', 500, 'upload_lost', True, 'resend'),
    ('upload', 502, 'upload_lost', True, 'resend'),
    ('upload', 504, 'upload_lost', True, 'resend'),
    ('upload', 524, 'upload_lost', True, 'resend'),
    ('upload', 'lost', 'upload_lost', True, 'resend'),
    ('upload', 'timeout', 'upload_lost', True, 'resend'),
    ('upload', 'garbled', 'upload_lost', True, 'resend'),
    ('verify', 'status', 'not_active', True, 'recreate'),
    ('verify', 'size', 'content_differs', True, 'recreate'),
    ('verify', 'hash', 'content_differs', True, 'recreate'),
    ('verify', 'no_hash', 'unverifiable', False, 'delete_record'),
    ('download', 404, 'source_gone', False, None),
    ('download', 410, 'source_gone', False, None),
    ('download', 204, 'source_no_data', False, None),
    ('download', 403, 'source_forbidden', False, None),
    ('download', 'lost', 'source_lost', True, None),
    ('download', 'timeout', 'source_lost', True, None),
    ('download', 'size', 'source_size_differs', False, None),
    ('download', 'hash', 'source_corrupt', True, None),
    ('download', 'no_space', 'spool_failed', True, None),
    ('source', 'status', 'source_not_active', False, None),
    ('source', 'deactivated', 'source_deactivated', False, None),
    ('source', 'encrypted', 'source_encrypted', False, None),
    ('source', 'volumes', 'source_no_data', False, None),
    ('source', 'format', 'source_no_format', False, None),
    ('source', 'boot', 'source_no_kernel', False, None),
    ('source', 'circle', 'source_boots_itself', False, None),
    ('preflight', 'format', 'format_refused', False, None),
    ('preflight', 'quota', 'quota_exceeded', False, None),
    ('preflight', 'uploads', 'uploads_exceeded', True, None),
    ('preflight', 'length', 'name_too_long', False, None),
    ('list', 'denied', 'address_denied', False, None),
    ('list', 'ca', 'ca_invalid', False, None),
    ('list', 'tls', 'tls_failed', False, None),
    ('list', 'tls_early', 'tls_failed', False, None),
    ('list', 'tls_expired', 'tls_failed', False, None),
    ('list', 'tls_host', 'tls_failed', False, None),
    ('list', 'tls_self_signed', 'tls_failed', False, None),
    ('list', 'tls_version', 'tls_failed', False, None),
    ('list', 'parameters', 'credential_incomplete', False, None),
    ('list', 'tls_missing', 'tls_failed', False, None),
    ('list', 'tls_wanted', 'tls_failed', False, None),
    ('list', 'tls_unanswered', 'unreachable', True, None),
    ('list', 'http_unanswered', 'unreachable', True, None),
    ('endpoint', 'regions', 'region_needed', False, None),
    ('endpoint', 'missing', 'no_image_endpoint', False, None),
    ('endpoint', 'url', 'endpoint_invalid', False, None),
    ('list', 'name', 'unreachable', True, None),
    ('list', 'unreachable', 'unreachable', True, None),
    ('list', 'lost', 'unreachable', True, None),
    ('list', 'timeout', 'timeout', True, None),
    ('list', 408, 'timeout', True, None),
    ('list', 504, 'timeout', True, None),
    ('list', 'garbled', 'bad_answer', True, None),
    ('list', 'record', 'bad_answer', False, None),
    ('list', 300, 'redirected', False, None),
    ('upload', 302, 'redirected', False, None),
    ('list', 399, 'redirected', False, None),
    ('upload', 401, 'unauthorized', False, 'fresh_token'),
    ('upload', 'access_rules', 'access_rules', False, None),
    ('list', 'rules_ignored', 'access_rules', False, None),
    ('list', 403, 'forbidden', False, None),
    ('list', 404, 'not_found', False, None),
    ('create', 413, 'body_too_large', False, None),
    ('update', 413, 'body_too_large', False, None),
    ('list', 413, 'quota_exceeded', False, None),
    ('list', 429, 'unavailable', True, None),
    ('list', 500, 'unavailable', True, None),
    ('list', 503, 'unavailable', True, None),
    ('list', 599, 'unavailable', True, None),
    ('list', 400, 'refused', False, None),
    ('list', 418, 'refused', False, None),
    ('list', 999, 'refused', False, None),
)

ANOTHER_SERVICE = (
    'This server could not verify that you are authorized to access the '
    'document you requested. Either you supplied the wrong credentials...'
)

# One line for each row that is for certain words of the site.
WORDS = (
    ('authenticate', 401, ANOTHER_SERVICE, 'not_keystone'),
    ('authenticate', 404, 'Could not find Application...', 'unauthorized'),
    (
        'authenticate',
        404,
        'Unable to validate token because project 1f is disabled',
        'unauthorized',
    ),
    ('authenticate', 401, 'Domain is disabled: 1f', 'unauthorized'),
    ('authenticate', 401, 'User is disabled: 1f', 'unauthorized'),
    ('authenticate', 401, 'The account is locked for user: u', 'unauthorized'),
    ('create', 403, "Property 'os_x' is protected", 'record_forbidden'),
    ('create', 403, "Attribute 'os_x' is reserved.", 'record_forbidden'),
    ('update', 403, "Attribute 'os_x' is read-only.", 'record_forbidden'),
    ('delete', 403, 'Image 1f is protected and ...', 'image_protected'),
    ('create', 413, LIMIT + 'properties. Att...', 'too_many_properties'),
    ('create', 413, LIMIT + 'tags. Attempted...', 'too_many_tags'),
    ('upload', 410, 'Error in store configuration.', 'storage_unavailable'),
    ('upload', 413, 'Image storage media is full: x', 'storage_full'),
    ('upload', 413, 'Image exceeds the storage quota: x', 'quota_exceeded'),
    ('upload', 413, 'The incoming image is too large: x', 'quota_exceeded'),
    (
        'upload',
        413,
        'The size of the data 2 will exceed the limit. 1 bytes remaining.',
        'quota_exceeded',
    ),
    (
        'create',
        413,
        'The request returned a 413 Request Entity Too Large. This generally '
        'means that rate limiting or a quota threshold was breached.',
        'quota_exceeded',
    ),
)

# What gateways say when a body exceeds their own limit.
GATEWAYS = {
    'nginx': b'<html>\r\n<head><title>413 Request Entity Too Large</title>'
    b'</head>\r\n<body>\r\n<center><h1>413 Request Entity Too Large</h1>'
    b'</center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>',
    'haproxy': b'<html><body><h1>413 Payload Too Large</h1>\nThe request '
    b'entity exceeds the maximum allowed.\n</body></html>\n',
    'apache': b'<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html>'
    b'<head>\n<title>413 Request Entity Too Large</title>\n</head><body>\n'
    b'<h1>Request Entity Too Large</h1>\nThe requested resource does not '
    b'allow request data with PUT requests, or the amount of data provided '
    b'in\nthe request exceeds the capacity limit.\n<hr>\n<address>'
    b'Apache/2.4.57 (Debian) Server</address>\n</body></html>\n',
    'nobody': b'',
}


def raised(error, cause):
    """An error as it is when it was raised while another was handled."""
    try:
        try:
            raise cause
        finally:
            raise error
    except type(error) as e:
        return e


def os_error(error_class, number):
    return error_class(number, 'the kernel says')


EXCEPTIONS = (
    (network.AddressDenied('x'), 'address_denied'),
    (ssl.SSLCertVerificationError(1, 'x'), 'tls_failed'),
    (ssl.SSLError(1, 'x'), 'tls_failed'),
    (ssl.SSLEOFError(8, 'x'), 'unreachable'),
    (socket.gaierror(-2, 'x'), 'unreachable'),
    (TimeoutError(), 'timeout'),
    (os_error(TimeoutError, 110), 'timeout'),
    (os_error(ConnectionResetError, 104), 'unreachable'),
    (os_error(BrokenPipeError, 32), 'unreachable'),
    (os_error(OSError, 113), 'unreachable'),
    (http.client.RemoteDisconnected(), 'unreachable'),
    (http.client.IncompleteRead(b''), 'unreachable'),
    (http.client.BadStatusLine('x'), 'bad_answer'),
    (ValueError('x'), 'bad_answer'),
    (KeyError('x'), 'bad_answer'),
    (AttributeError('x'), 'bad_answer'),
    (AssertionError('x'), 'bad_answer'),
    (transport.Redirected(302), 'redirected'),
    (transport.AnswerTooLarge('x'), 'bad_answer'),
    (requests.exceptions.ContentDecodingError('x'), 'bad_answer'),
    (keystone_exceptions.EmptyCatalog(), 'no_image_endpoint'),
    (keystone_exceptions.MissingAuthPlugin(), 'credential_incomplete'),
    (keystone_exceptions.Unauthorized(), 'unauthorized'),
    (keystone_exceptions.ConnectTimeout(), 'timeout'),
    (keystone_exceptions.ConnectFailure(), 'unreachable'),
    (
        raised(
            keystone_exceptions.ConnectFailure('x'),
            requests.exceptions.ConnectionError(
                http_exceptions.MaxRetryError(
                    None, '/', http_exceptions.ReadTimeoutError(None, '', '')
                )
            ),
        ),
        'timeout',
    ),
    (
        raised(
            keystone_exceptions.SSLError('x'),
            requests.exceptions.SSLError(ssl.SSLCertVerificationError(1, 'x')),
        ),
        'tls_failed',
    ),
)


@ddt.ddt
class ClassifyTestCase(base.TestCase):
    @ddt.data(*ROWS)
    @ddt.unpack
    def test_row(self, call, answer, code, retryable, action):
        given = failure.Answer(answer) if isinstance(answer, int) else answer
        made = failure.classify(call, 'west', given)
        self.assertEqual(
            (call, code, retryable, action),
            (made.call, made.code, made.retryable, made.action),
        )
        status = answer if isinstance(answer, int) else None
        self.assertEqual(status, made.http_status)
        self.assertIn('west', made.detail)
        self.assertEqual('.', made.detail[-1])
        self.assertEqual(made.detail, str(made))

    def test_each_row_has_a_test(self):
        tested = {
            next(
                row
                for row in failure_table.rows(call)
                if answer in row.on and re.search(row.says, words)
            )
            for call, answer, words in (
                *((call, answer, '') for call, answer, *_rest in ROWS),
                *((call, answer, words) for call, answer, words, _ in WORDS),
            )
        }
        rows = {
            row
            for call in failure_table.BY_CALL
            for row in failure_table.rows(call)
        }
        self.assertEqual(set(), rows - tested)

    @ddt.data(*WORDS)
    @ddt.unpack
    def test_words_of_the_site_choose_the_row(self, call, status, words, code):
        for body in (
            json.dumps({'error': {'message': words}}).encode(),
            b'<html><h1>413</h1>\n %s</html>' % words.encode(),
        ):
            made = failure.classify(call, 'x', failure.Answer(status, body))
            self.assertEqual((code, status), (made.code, made.http_status))
            other = failure.classify(call, 'x', failure.Answer(status, b'x'))
            self.assertNotEqual(
                made.detail.partition(' (')[0], other.detail.partition(' (')[0]
            )

    @ddt.data(*GATEWAYS.values())
    def test_limit_of_a_gateway_is_no_quota(self, body):
        made = failure.classify('upload', 'x', failure.Answer(413, body))
        self.assertEqual('body_too_large', made.code)
        self.assertIn('client_max_body_size', made.detail)

    def test_each_status_has_a_row_for_each_call(self):
        for call in failure_table.BY_CALL:
            for status in range(100, 600):
                made = failure.classify(call, 'west', failure.Answer(status))
                self.assertEqual(status, made.http_status)

    def test_each_kind_has_a_row_for_each_call(self):
        for call in failure_table.BY_CALL:
            for kind, _classes in failure._KINDS:
                self.assertTrue(failure.classify(call, 'west', kind).code)

    @ddt.data(*EXCEPTIONS)
    @ddt.unpack
    def test_exception(self, error, code):
        self.assertEqual(code, failure.classify('list', 'west', error).code)

    def test_unknown_exception_is_logged(self):
        error = self.assertRaises(KeyError, lambda: {}['images'])
        failure.classify('list', 'west', error)
        self.assertIn(
            'Unexpected KeyError at <lambda> (test_failure.py:',
            self.logs.output,
        )
        self.assertNotIn('Traceback', self.logs.output)

    @ddt.data(
        b'<html><head><title>400 The plain HTTP request was sent to HTTPS '
        b'port</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1>'
        b'</center>'
        b'\r\n<center>The plain HTTP request was sent to HTTPS port</center>',
        b'<h1>Bad Request</h1>\n<p>Your browser sent a request that this '
        b"server could not understand.<br />\nReason: You're speaking plain "
        b'HTTP to an SSL-enabled server port.<br />\n</p>',
        b'Client sent an HTTP request to an HTTPS server.\n',
    )
    def test_port_of_tls_is_told(self, body):
        made = failure.classify(
            'authenticate', 'west', failure.Answer(400, body)
        )
        self.assertEqual('tls_failed', made.code)
        self.assertIn('wants TLS where its URL says http', made.detail)

    def test_unknown_call_is_a_mistake(self):
        self.assertRaises(
            KeyError, failure.classify, 'dance', 'west', 'timeout'
        )


@ddt.ddt
class DetailTestCase(base.TestCase):
    def detail(self, body, status=413, call='upload', **kwargs):
        return failure.classify(
            call, 'west', failure.Answer(status, body), **kwargs
        ).detail

    def test_detail_says_what_where_why_and_what_to_do(self):
        self.assertEqual(
            "The image exceeds site west's quota, limit or storage (HTTP "
            '413): 5 GiB is your quota. Free some quota there or have it '
            'raised, then retry.',
            self.detail(b'5 GiB is your quota.'),
        )

    def test_message_of_html_is_found(self):
        body = (
            b'<html>\n <head>\n  <title>413 Too Large</title>\n </head>\n'
            b' <body>\n  <h1>413 Too Large</h1>\n  The image is &gt; 1 GB'
            b'<br /><br />\n\n </body>\n</html>'
        )
        self.assertIn('(HTTP 413): The image is > 1 GB. ', self.detail(body))

    def test_title_of_plain_text_is_left_out(self):
        body = b'413 Too Large\n\nThe image is too large!\n\n   '
        self.assertIn(
            '(HTTP 413): The image is too large. ', self.detail(body)
        )

    @ddt.data(
        b'{"error": {"code": 413, "message": "so big"}}',
        b'{"message": "so big", "code": "413"}',
        b'{"errors": [{"status": 413, "detail": "so big"}]}',
    )
    def test_message_of_json_is_found(self, body):
        self.assertIn('(HTTP 413): so big. ', self.detail(body))

    def test_detail_is_bounded_and_keeps_its_remedy(self):
        detail = self.detail(b'x' * 10_000)
        self.assertLessEqual(len(detail), failure.MAX_DETAIL)
        self.assertEndsWith(detail, 'then retry.')

    def assertEndsWith(self, text, end):
        self.assertEqual(end, text[-len(end) :])

    @ddt.data(b'\xff\x00\x1b[31m', b'[' * 5000, b'{"a":' * 800, b'<' * 5000)
    def test_hostile_body_does_no_harm(self, body):
        self.assertTrue(self.detail(body).isprintable())

    def test_name_of_an_image_cannot_forge_a_line_of_the_log(self):
        made = failure.SiteFailure('x', 'Größe\n\x1b[2J\u202e\ud800.')
        self.assertEqual('Größe\\n\\x1b[2J\\u202e\\ud800.', made.detail)
        self.assertEqual(made.detail, str(made))

    def test_secrets_are_masked(self):
        token = 'gAAAAABm' + 'x' * 40
        detail = self.detail(
            ("password='hunter2' X %s canary" % token).encode(),
            secrets=['canary'],
        )
        for secret in ('hunter2', token, 'canary'):
            self.assertNotIn(secret, detail)

    def test_text_of_library_is_not_passed_on(self):
        error = keystone_exceptions.ConnectFailure('http://u:canary@host')
        made = failure.classify('list', 'west', error)
        self.assertNotIn('canary', made.detail)

    def test_reason_of_kernel_is_passed_on(self):
        error = raised(
            keystone_exceptions.ConnectFailure('x'),
            ConnectionRefusedError(111, 'Connection refused'),
        )
        made = failure.classify('list', 'west', error)
        self.assertIn(': Connection refused. ', made.detail)
