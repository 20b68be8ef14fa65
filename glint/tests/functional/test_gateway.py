# SPDX-License-Identifier: Apache-2.0

"""Gateways between Glint and a Glance that have a will of their own."""

from datetime import timedelta
from typing import Any
import uuid

import sqlalchemy as sa

from glint import context
from glint.conductor.copy import storing
from glint.db import engine
from glint.db import models
from glint.tests.functional import faults
from glint.tests.functional import faulty

SIZE = faulty.MIB

_LEASE = timedelta(seconds=2)
#: Bytes that the gateway holds back, of which it lets one go each second.
_HELD = 120

_NGINX = b"""<html>\r
<head><title>413 Request Entity Too Large</title></head>\r
<body>\r
<center><h1>413 Request Entity Too Large</h1></center>\r
<hr><center>nginx/1.22.1</center>\r
</body>\r
</html>\r
"""


class GatewayTest(faulty.TestCase):
    """From the home site to a cloud by way of a gateway."""

    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]
        self.west, self.proxy = self.add_site_through_proxy(self.cloud)

    def _uploads(self) -> list:
        """Return what was answered to each upload, None for nothing."""
        return [e.status for e in self.proxy.find(faults.UPLOAD)]

    def _phase(self, replication: dict[str, Any]) -> Any:
        [copy] = self.copies(replication)
        return copy['phase']

    def _give_up(
        self, status: int | None, at: int | None
    ) -> tuple[Any, dict[str, Any], faults.GiveUp]:
        """Let the gateway give up on a Glance that has not got all yet.

        :returns: the image, its replication and the fault, which holds the
            rest of the data back.
        """
        image = self.make_random_image(SIZE)
        fault = faults.GiveUp(faults.UPLOAD, status, at, times=1)
        self.proxy.exchanges.clear()
        self.proxy.inject(fault)
        replication = self.start(image.id, self.west)
        self.assertTrue(fault.hit.wait(60))
        [made] = self.made_from(image.id, self.cloud)
        glance = self.cloud.member.glance()
        expected = 'queued' if at is None else 'saving'
        self.until(
            lambda: glance.images.get(made.id).status == expected, expected
        )
        fault.give_up.set()
        self.until(
            lambda: self._phase(replication) == 'verifying', 'verifying'
        )
        return image, replication, fault

    def _assert_one_upload(self, status: int | None, at: int | None) -> None:
        image, replication, fault = self._give_up(status, at)
        fault.end()
        self.assert_completed(self.end_of(replication['id']), attempts=1)
        self.assertEqual([status], self._uploads())
        self.assert_copied(image, self.cloud)

    def test_lost_answer_while_glance_stores_costs_no_upload(self) -> None:
        # Only that it is saving makes Glint wait.
        self.patch(storing, 'SETTLE', 0)
        for status in (504, 502, 500, 408, 524, None):
            self._assert_one_upload(status, SIZE - _HELD)

    def test_lost_answer_before_glance_stores_costs_no_upload(self) -> None:
        self.patch(storing, 'SETTLE', 30)
        self._assert_one_upload(504, None)

    def _heartbeat(self, replication: dict[str, Any]) -> Any:
        """Return when the lease on the copy was renewed last."""
        query = sa.select(models.ImageCopy.heartbeat).where(
            models.ImageCopy.replication_id == replication['id']
        )
        with engine.reader(context.for_service()) as session:
            return session.scalar(query)

    def test_lease_is_renewed_while_glance_stores(self) -> None:
        self.config(group='conductor', lease=_LEASE.total_seconds())
        image, replication, fault = self._give_up(504, SIZE - _HELD)
        first = self._heartbeat(replication)
        self.until(
            lambda: self._heartbeat(replication) - first > 2 * _LEASE,
            'renewals for two lease times',
        )
        fault.end()
        self.assert_completed(self.end_of(replication['id']), attempts=1)
        self.assert_copied(image, self.cloud)

    def test_cancel_ends_the_wait_and_leaves_nothing(self) -> None:
        image, replication, fault = self._give_up(504, SIZE - _HELD)
        self.assertEqual('cancelled', self.cancel(replication)['state'])
        fault.end()
        self.until(
            lambda: all(e.ended for e in self.proxy.exchanges), 'late data'
        )
        self.assert_nothing_made(image, self.cloud)

    def test_upload_that_glance_never_ends_is_sent_again(self) -> None:
        self.patch(storing, 'SETTLE', 0)
        self.patch(storing, 'GRACE', 1)
        image, replication, _fault = self._give_up(504, SIZE - _HELD)
        self.assert_completed(self.end_of(replication['id']), attempts=1)
        self.assertEqual([504, 204], self._uploads())
        self.assert_copied(image, self.cloud)

    def test_limit_of_a_gateway_is_told_from_a_quota(self) -> None:
        image = self.make_random_image(SIZE)
        self.proxy.inject(faults.Refuse(faults.UPLOAD, 413, body=_NGINX))
        [copy] = self.replicate(image.id, self.west)['copies']
        self.assertEqual(('error', 1), (copy['state'], copy['attempts']))
        self.assertEqual('body_too_large', copy['error']['code'])
        self.assertIn('client_max_body_size', copy['error']['detail'])
        self.assertIn('nginx', copy['error']['detail'])
        self.assert_nothing_made(image, self.cloud)

    def test_other_id_than_the_one_asked_for_leaves_nothing(self) -> None:
        image = self.make_random_image(SIZE)
        other_id = str(uuid.uuid4())
        self.proxy.inject(
            faults.Replace(
                faults.CREATE,
                faults.TO_CLOUD,
                rb'"id": "[^"]*"',
                f'"id": "{other_id}"'.encode(),
            )
        )
        [copy] = self.replicate(image.id, self.west)['copies']
        self.assertEqual(
            ('error', 1, 'bad_answer'),
            (copy['state'], copy['attempts'], copy['error']['code']),
        )
        self.assertIn(other_id, copy['error']['detail'])
        self.assertEqual([], copy['notes'])
        self.assert_nothing_made(image, self.cloud)
