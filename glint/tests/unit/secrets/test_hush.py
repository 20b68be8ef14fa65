# SPDX-License-Identifier: Apache-2.0

"""Tests of what is kept out of the log."""

import logging
import threading

from glint.secrets import hush
from glint.tests import base

LOG = logging.getLogger('keystoneauth.session.request')


class HushTestCase(base.TestCase):
    def test_only_what_happens_inside_is_dropped(self) -> None:
        LOG.debug('before')
        with hush.hushed():
            LOG.debug('canary')
        LOG.debug('after')
        self.assertIn('before', self.logs.output)
        self.assertIn('after', self.logs.output)
        self.assertNotIn('canary', self.logs.output)

    def test_other_threads_and_other_loggers_are_heard(self) -> None:
        with hush.hushed():
            thread = threading.Thread(target=LOG.debug, args=('thread',))
            thread.start()
            thread.join()
            logging.getLogger('glint').debug('own')
        self.assertIn('thread', self.logs.output)
        self.assertIn('own', self.logs.output)

    def test_log_comes_back_after_a_failure(self) -> None:
        def fail() -> None:
            with hush.hushed():
                raise ValueError

        self.assertRaises(ValueError, fail)
        LOG.debug('after')
        self.assertIn('after', self.logs.output)
