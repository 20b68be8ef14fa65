# SPDX-License-Identifier: Apache-2.0

"""What the tests in the browser have in common."""

import atexit
import functools
import os
import pathlib
from typing import Any
import unittest
from urllib import parse
import uuid

from playwright import sync_api

from glint_dashboard.tests.browser import stack as stacks

CHROMIUM = '/usr/bin/chromium'
_FLAGS = (
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
)
_PATIENCE_MS = 60000
BASE = '/project/image_replication/'
REPLICATIONS = f'{BASE}replications/'
CLOUDS = f'{BASE}clouds/'
MIB = 1024 * 1024

stack: stacks.Stack
_browser: sync_api.Browser
_playwright: sync_api.Playwright


@functools.cache
def set_up() -> None:
    """Start everything, once for the tests of all modules."""
    global stack, _browser, _playwright
    # Each class tries again after a failure: what takes ports comes last.
    _playwright = sync_api.sync_playwright().start()
    atexit.register(_playwright.stop)
    _browser = _playwright.chromium.launch(
        executable_path=CHROMIUM, args=_FLAGS
    )
    atexit.register(_browser.close)
    stack = stacks.Stack()
    atexit.register(stack.close)


class TestCase(unittest.TestCase):
    """A test with a fresh browser.

    It fails for an error on the console, an answer that is one and a
    traceback in Horizon's log, too.
    """

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        set_up()

    def setUp(self) -> None:
        self.wrong: list[str] = []
        self.expected: set[str] = set()
        self._log_size = stack.log.stat().st_size
        self.addCleanup(setattr, stack.wire, 'rate', 1e9)
        self.addCleanup(setattr, stack.wire, 'torn', False)
        self.addCleanup(self._look_back)
        self._context = _browser.new_context(
            viewport={'width': 1100, 'height': 720}
        )
        self._context.set_default_timeout(_PATIENCE_MS)
        sync_api.expect.set_options(timeout=_PATIENCE_MS)
        self.addCleanup(self._context.close)
        self.page = self.open_page()
        self.name = f'debian-{uuid.uuid4().hex[:6]}'

    def open_page(self) -> sync_api.Page:
        """Open one more page of the same browser."""
        page = self._context.new_page()
        page.on('console', self._hear)
        page.on('pageerror', lambda error: self.wrong.append(str(error)))
        page.on('response', self._check)
        return page

    def _hear(self, message: sync_api.ConsoleMessage) -> None:
        if message.type == 'error':
            self.wrong.append(f'{message.text} ({message.location})')

    def _check(self, answer: sync_api.Response) -> None:
        if answer.status >= 400:
            self.wrong.append(f'{answer.status} {answer.url}')

    def _look_back(self) -> None:
        log = stack.log.read_bytes()[self._log_size :].decode()
        self.assertNotIn('Traceback', log)
        wrong = [
            text
            for text in self.wrong
            if not any(part in text for part in self.expected)
        ]
        self.assertEqual([], wrong)

    def log_in(self, who: str = 'member', path: str = BASE) -> None:
        """Log in as member, reader, other or admin, and go to a page."""
        account = getattr(stack.clouds[0], who)
        self.page.goto(f'{stack.url}/auth/login/?next={parse.quote(path)}')
        self.page.fill('#id_username', account.username)
        self.page.fill('#id_password', account.password)
        self.page.click('#loginBtn')
        sync_api.expect(self.page.locator('h1')).to_be_visible()

    def go(self, path: str) -> None:
        self.page.goto(f'{stack.url}{path}')

    def expect(self, what: Any) -> Any:
        return sync_api.expect(what)

    def shoot(self, name: str, whole: bool = False) -> None:
        """Take a picture for the documentation, if one is wanted.

        :param whole: show the page to its end.
        """
        folder = os.environ.get('GLINT_SCREENSHOTS')
        if folder:
            path = pathlib.Path(folder) / f'dashboard-{name}.png'
            self.page.screenshot(path=path, full_page=whole)

    def live_requests(self, page: sync_api.Page) -> list[str]:
        """Collect what a page's script asks for from now on."""
        found: list[str] = []
        page.on(
            'request',
            lambda request: (
                found.append(request.url) if '/live/' in request.url else None
            ),
        )
        return found
