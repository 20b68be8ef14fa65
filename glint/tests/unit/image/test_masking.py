# SPDX-License-Identifier: Apache-2.0

import base64
import html
import json
import time
import urllib.parse

import ddt

from glint.image import failure
from glint.image import masking
from glint.tests import base

#: Secrets that are written in another way wherever they are written.
SECRETS = (
    'hunter2hunter2',
    'two  blanks and\ta tab',
    ' led and trailed ',
    'quo"ted \\ <b>&amp;\'s',
    'per%cent+plus/slash?&=#',
    'Größe ☃ 日本語',
    '9f86d081884c7d659a2feaa0c55ad015',
)

#: What a site may do to what it was told.
FORMS = {
    'as it is': lambda s: s,
    'URL': lambda s: urllib.parse.quote(s),
    'URL, all': lambda s: urllib.parse.quote(s, safe=''),
    'URL, lower case': lambda s: urllib.parse.quote(s, safe='').lower(),
    'form': lambda s: urllib.parse.urlencode({'p': s}),
    'JSON': lambda s: json.dumps({'error': {'message': s}}),
    'JSON, UTF-8': lambda s: json.dumps([{'detail': s}], ensure_ascii=False),
    'JSON in JSON': lambda s: json.dumps({'message': json.dumps({'p': s})}),
    'JSON in a page': lambda s: '<p>%s</p>' % html.escape(json.dumps(s)),
    'JSON that is cut': lambda s: '{"message": %s' % json.dumps(s),
    'page': lambda s: '<html><p>%s</p></html>' % html.escape(s),
    'page, by number': lambda s: html.escape(s).replace('&#x27;', '&#39;'),
    'page in JSON': lambda s: json.dumps({'message': html.escape(s)}),
    'Python': lambda s: repr({'p': s}),
    'Python, bytes': lambda s: repr(s.encode()),
    'one line': lambda s: ' '.join(s.split()),
    'lines': lambda s: '\r\n    '.join(s.split(' ')),
    'upper case': lambda s: s.upper(),
    'hex': lambda s: s.encode().hex(),
    'base64': lambda s: base64.b64encode(s.encode()).decode(),
    'base64, for URLs': lambda s: base64.urlsafe_b64encode(
        s.encode()
    ).decode(),
    'basic': lambda s: _basic('u', s),
    'basic, shifted': lambda s: _basic('us', s),
    'basic, shifted twice': lambda s: _basic('use', s),
}


def _basic(user, password):
    text = base64.b64encode(f'{user}:{password}'.encode()).decode()
    return f'Authorization: Basic {text}'


JWS = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl-_x'
FERNET = 'gAAAAABm' + 'x-_' * 14 + '=='
UUID = '3fa0c9c0b7a6473e8d2f5f0e5c8d1a2b'

#: Secrets of anybody, each with what of the text is to stay.
LOOKS = (
    (f'The token {FERNET} has expired', FERNET, 'has expired'),
    (f'The token {JWS} has expired', JWS, 'has expired'),
    (f'Could not find token: {UUID}.', UUID, 'Could not find token'),
    (f'Authorization: Bearer {UUID} is bad', UUID, 'is bad'),
    ('authorization=Basic dXNlcjpwYXNz, bad', 'dXNlcjpwYXNz', 'bad'),
    (f'bearer {UUID} is bad', UUID, 'is bad'),
    (f'X-Auth-Token: {UUID}\nX: y', UUID, 'X: y'),
    (f'x-subject-token={UUID} is bad', UUID, 'is bad'),
    (f"{{'HTTP_X_AUTH_TOKEN': '{UUID}', 'x': 1}}", UUID, 'HTTP_X_AUTH_TOKEN'),
    (json.dumps({'X-Auth-Token': UUID, 'x': 1}), UUID, 'X-Auth-Token'),
    (json.dumps(json.dumps({'X-Auth-Token': UUID})), UUID, 'X-Auth-Token'),
    ("password='hunter2', bad", 'hunter2', 'bad'),
)


@ddt.ddt
class MaskTest(base.TestCase):
    @ddt.data(*FORMS)
    def test_secret_is_shown_in_no_form(self, form):
        for secret in SECRETS:
            for before, after in (('', ''), ('Bad password ', ' in use')):
                told = FORMS[form](before + secret + after)
                made = failure.classify(
                    'upload',
                    'west',
                    failure.Answer(400, told.encode()),
                    secrets=['other', secret],
                )
                self._assert_hidden(secret, form, made.detail)

    def _assert_hidden(self, secret, form, text):
        self.assertIn('***', text, (form, secret))
        for shown in (text, urllib.parse.unquote(html.unescape(text))):
            for word in secret.split():
                if len(word) > 4:
                    self.assertNotIn(word, shown, (form, secret))

    @ddt.data(*LOOKS)
    @ddt.unpack
    def test_what_looks_like_a_secret_is_hidden(self, text, secret, rest):
        shown = masking.Mask(())(text, 500)
        self.assertNotIn(secret, shown)
        self.assertIn(rest, shown)

    @ddt.data(
        'Project 3fa0c9c0b7a6473e8d2f5f0e5c8d1a2b is disabled.',
        'Image 6f2f9a4e-4d4c-4a4b-9d3e-3d1a5b0f8c11 is in use.',
        'Property hw_token is protected.',
    )
    def test_what_is_none_is_shown(self, text):
        self.assertEqual(text, masking.Mask(['canary', ''])(text, 500))

    def test_secret_is_not_cut_in_two(self):
        secret = 'canary-' * 30
        mask = masking.Mask([secret])
        for before in range(0, 4200, 7):
            self.assertNotIn('canary', mask(' ' * before + secret, 4096))
            made = failure.classify(
                'list',
                'west',
                failure.Answer(400, b' ' * before + secret.encode() * 2),
                secrets=[secret],
            )
            self.assertNotIn('canary', made.detail)

    @ddt.data('a', 'gAAAA', 'eyJ', 'eyJ.', 'x-', 'X-Auth-Token: ', '"\\', ' ')
    def test_long_text_takes_no_time(self, piece):
        mask = masking.Mask([secret * 20 for secret in SECRETS])
        began = time.monotonic()
        mask(piece * 60_000, 4096)
        self.assertLess(time.monotonic() - began, 5)
