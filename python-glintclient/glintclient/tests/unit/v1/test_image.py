# SPDX-License-Identifier: Apache-2.0

"""The matrix."""

from typing import Any

from glintclient.tests.unit import base


def image(name: str, **presence: Any) -> dict[str, Any]:
    return {
        'id': f'id-of-{name}',
        'name': name,
        'os_hash_algo': 'sha512',
        'os_hash_value': 'ab' * 64,
        'checksum': None,
        'size': 1048576,
        'disk_format': 'raw',
        'container_format': 'bare',
        'presence': [
            {'site_id': key, 'image_id': None, 'copy': None} | value
            for key, value in presence.items()
        ],
    }


def site(name: str, **values: Any) -> dict[str, Any]:
    return {
        'site_id': name,
        'name': name,
        'state': 'ok',
        'listed_at': '2026-10-07T09:30:43.881734Z',
        'detail': None,
        **values,
    }


class TestImage(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        link = f'{base.V1}/images?marker=id-of-a'
        sites = [site('home')]
        self.server.get(
            f'{base.V1}/images',
            json={
                'images': [image('a', home={'state': 'in_sync'})],
                'links': [{'rel': 'next', 'href': link}],
                'sites': sites,
            },
        )
        self.server.get(
            link, json={'images': [image('b')], 'links': [], 'sites': sites}
        )

    def test_images_of_all_pages(self) -> None:
        found = list(self.client.images(refresh=True))
        self.assertEqual(['a', 'b'], [item.name for item in found])
        (presence,) = found[0].presence
        self.assertEqual('in_sync', presence['state'])

    def test_matrix_has_all_pages_and_the_sites(self) -> None:
        matrix = self.client.matrix(name='a')
        self.assertEqual(['a', 'b'], [item.name for item in matrix.images])
        self.assertEqual('ok', matrix.sites[0]['state'])
        first, second = self.server.request_history[-2:]
        self.assertEqual({'name': ['a']}, first.qs)
        self.assertEqual({'marker': ['id-of-a']}, second.qs)
