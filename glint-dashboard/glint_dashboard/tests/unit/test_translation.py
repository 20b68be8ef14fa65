# SPDX-License-Identifier: Apache-2.0

"""All that the pages say can be translated."""

import html
import pathlib
import re
import subprocess
import sys
import tempfile

from babel.messages import catalog as catalogs
from babel.messages import mofile
from babel.messages import pofile
from django.test import utils
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

import glint_dashboard
from glint_dashboard.tests.unit import base
from glint_dashboard.tests.unit import data

_ROOT = pathlib.Path(glint_dashboard.__file__).parents[1]
_INDEX = reverse('horizon:project:image_replication:index')
_HERE = data.presence(data.HOME_ID, 'in_sync')
_FAILED = data.presence(data.WEST_ID, 'missing', copy=data.cell_copy('error'))
# What is the same in all languages.
_DATA = (
    *(data.ERROR['detail'], data.HASH, data.HASH[:8]),
    *('debian-13', 'qcow2', 'home', 'west', 'MiB', 'UTC'),
)
# As doc/source/contributor/dashboard.rst tells.
_KEYWORDS = ('gettext_lazy', 'ngettext_lazy:1,2', 'pgettext_lazy:1c,2')


class TranslationTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = pathlib.Path(
            self.enterContext(tempfile.TemporaryDirectory())
        )
        self.catalog = self._extract('django')

    def _extract(self, domain: str) -> catalogs.Catalog:
        """Collect the texts, as doc/source/contributor/dashboard.rst tells."""
        pot = self.folder / f'{domain}.pot'
        subprocess.run(
            [
                *(sys.executable, '-m', 'babel.messages.frontend'),
                *('-q', 'extract', '-F', f'babel-{domain}.cfg', '-o', pot),
                *(part for word in _KEYWORDS for part in ('-k', word)),
                'glint_dashboard',
            ],
            cwd=_ROOT,
            check=True,
        )
        return pofile.read_po(pot.open('rb'), locale='de')

    def test_scripts_are_read(self) -> None:
        self.assertIn('Replicate', self._extract('djangojs'))

    def test_code_and_templates_are_read(self) -> None:
        for text in (
            'Image Replication',
            'Ask the clouds again',
            '%(shown)s of %(images)s images',
            ('%d copy has been started.', '%d copies have been started.'),
        ):
            self.assertIn(text, self.catalog)
        self.assertIsNotNone(
            self.catalog.get('Copy', context='what will be done')
        )

    def test_page_says_nothing_that_is_not_translated(self) -> None:
        self._translate()
        self.answer('GET', 'images', data.matrix(data.image(_HERE, _FAILED)))
        response = self.client.get(_INDEX, HTTP_ACCEPT_LANGUAGE='de')
        page = response.content.decode()
        main = page[page.index('<main') : page.index('</main>')]
        texts = re.sub(r'<style.*?</style>|<[^>]*>', '\n', main, flags=re.S)
        attributes = re.findall(
            r'(?:aria-label|title|placeholder)="([^"]*)"', main
        )
        for text in [*texts.split('\n'), *attributes]:
            self._check(html.unescape(text).strip())

    def _check(self, text: str) -> None:
        """Look for English words beside what is translated or data."""
        rest = re.sub('«.*?»', '', text)
        for word in _DATA:
            rest = rest.replace(word, '')
        self.assertNotRegex(rest, '[A-Za-z]{2}', text)

    def _translate(self) -> None:
        """Put every text into quotation marks, as if they were a language."""
        for message in self.catalog:
            if message.id:
                message.string = (
                    tuple(f'«{text}»' for text in message.id)
                    if message.pluralizable
                    else f'«{message.id}»'
                )
        folder = self.folder / 'de' / 'LC_MESSAGES'
        folder.mkdir(parents=True)
        with (folder / 'django.mo').open('wb') as target:
            mofile.write_mo(target, self.catalog)
        self.enterContext(
            utils.override_settings(LOCALE_PATHS=[str(self.folder)])
        )
        trans_real._translations.clear()
        self.addCleanup(trans_real._translations.clear)
        self.addCleanup(translation.deactivate)
