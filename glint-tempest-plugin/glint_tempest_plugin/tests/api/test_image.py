# SPDX-License-Identifier: Apache-2.0

"""The images at all sites, put together by their content."""

from tempest.lib import decorators
from tempest.lib import exceptions

from glint_tempest_plugin.tests import base


class ImageTest(base.CloudTest):
    def setUp(self):
        super().setUp()
        self.site_id = self.create_cloud_site()
        (home,) = self.member.sites.list_sites(home=True)['sites']
        self.home_id = home['id']

    def content(self, image, **query):
        """Return what is known of an image, by the site."""
        listed = self.member.images.list_images(
            os_hash_value=image['os_hash_value'], **query
        )
        if not listed['images']:
            return None
        (content,) = listed['images']
        return {item['site_id']: item for item in content['presence']}

    @decorators.attr(type='smoke')
    @decorators.idempotent_id('a29066d1-847b-4d69-bf3e-fed322acf973')
    def test_image_is_shown_where_it_is_and_where_not(self):
        image = self.create_image()
        presence = self.content(image, refresh=True)
        self.assertEqual('in_sync', presence[self.home_id]['state'])
        self.assertEqual(image['id'], presence[self.home_id]['image_id'])
        self.assertEqual('missing', presence[self.site_id]['state'])

    @decorators.idempotent_id('1c569931-0588-4c24-ab21-4274faa01ce2')
    def test_copied_image_is_in_sync(self):
        image = self.create_image()
        made = self.create_replication(image['id'], self.site_id)
        (copy,) = self.await_state(made['id'], 'completed')['copies']
        presence = self.content(image, refresh=True)
        self.assertEqual('in_sync', presence[self.site_id]['state'])
        self.assertEqual(
            copy['target_image_id'], presence[self.site_id]['image_id']
        )

    @decorators.idempotent_id('a5ec9d02-bc10-48ee-9591-8937db6bf54d')
    def test_filters_find_what_a_site_lacks(self):
        image = self.create_image()
        # With a site, that one alone would be asked again.
        self.assertIsNotNone(self.content(image, refresh=True))
        part = image['name'][2:].upper()
        for query in (
            {'site_id': self.site_id, 'state': 'missing'},
            {'state': 'missing', 'search': part},
        ):
            self.assertIsNotNone(self.content(image, **query), query)
        for query in (
            {'site_id': self.site_id, 'state': 'in_sync'},
            {'site_id': self.site_id},
            {'name': f'{image["name"]}-other'},
            {'search': f'{part}-other'},
            {'disk_format': 'qcow2'},
        ):
            self.assertIsNone(self.content(image, **query), query)

    @decorators.idempotent_id('1fd8a958-f022-4187-8a42-4a26da1a8231')
    def test_unreachable_site_is_shown_as_such(self):
        dead = self.create_dead_site()
        listed = self.member.images.list_images(refresh=True)
        states = {item['site_id']: item for item in listed['sites']}
        self.assertEqual('unreachable', states[dead]['state'])
        self.assertTrue(states[dead]['detail'])
        self.assertEqual('ok', states[self.site_id]['state'])
        self.assertEqual('ok', states[self.home_id]['state'])

    @decorators.attr(type='negative')
    @decorators.idempotent_id('131965b5-928d-4e67-b9d3-b239a00809fb')
    def test_bad_queries_are_refused(self):
        for query in (
            {'state': 'lost'},
            {'site_id': 'home'},
            {'refresh': 'perhaps'},
            {'sort_key': 'owner'},
            {'unknown': 1},
        ):
            self.refused(
                exceptions.BadRequest,
                'request.invalid',
                self.member.images.list_images,
                **query,
            )
