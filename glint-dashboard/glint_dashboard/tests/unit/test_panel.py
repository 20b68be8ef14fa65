# SPDX-License-Identifier: Apache-2.0

"""Who sees the panels."""

from django.urls import reverse

from glint_dashboard.tests.unit import base
from glint_dashboard.tests.unit import data

_INDEX = reverse('horizon:project:image_replication:index')
_ADMIN = reverse('horizon:admin:image_replication:index')


class PanelTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.answer('GET', 'images', data.matrix())

    def test_panel_is_shown_where_the_service_is_in_the_catalog(self) -> None:
        response = self.client.get(_INDEX)
        self.assertContains(response, 'Image Replication')

    def test_panel_of_images_gets_its_action(self) -> None:
        response = self.client.get(_INDEX)
        self.assertContains(response, "'horizon.app.image_replication'")
        self.assertContains(response, 'images_action.js')

    def test_panel_is_hidden_where_the_service_is_not(self) -> None:
        self.service_catalog.pop()
        self.become(base.MEMBER)
        response = self.client.get(_INDEX)
        self.assertEqual(403, response.status_code)

    def test_panel_is_hidden_from_who_may_not_list_sites(self) -> None:
        self.become(['auditor'])
        response = self.client.get(_INDEX)
        self.assertEqual(403, response.status_code)

    def test_admin_panel_is_hidden_from_members(self) -> None:
        response = self.client.get(_ADMIN)
        self.assertEqual(403, response.status_code)
