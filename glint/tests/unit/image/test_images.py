# SPDX-License-Identifier: Apache-2.0

import urllib.parse

import ddt

from glint.image import failure
from glint.image import images
from glint.tests import base
from glint.tests.unit.image import cloud

PATH = '/v2/images/' + cloud.IMAGE_ID
IMAGE = {'id': cloud.IMAGE_ID, 'name': 'debian', 'status': 'active'}


@ddt.ddt
class ImagesTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.cloud = self.useFixture(cloud.Cloud())
        self.session = self.cloud.session()

    def fails(self, code, function, *args):
        error = self.assertRaises(
            failure.SiteFailure, function, self.session, *args
        )
        self.assertEqual(code, error.code)

    def keep_json(self, method, path, *reply):
        """Answer requests, and keep what they said."""
        kept = []

        def answer(request):
            kept.append(request.json())
            request.reply(*reply)

        self.cloud.on(method, path, answer)
        return kept

    def test_get_returns_record(self):
        self.cloud.reply('GET', PATH, 200, IMAGE)
        self.assertEqual(IMAGE, images.get(self.session, cloud.IMAGE_ID))

    def test_get_of_unknown_image_is_told(self):
        self.fails('source_gone', images.get, cloud.IMAGE_ID)

    @ddt.data(b'', b'<html>', [], {'id': 7}, 'text')
    def test_get_of_something_else_is_told(self, body):
        self.cloud.reply('GET', PATH, 200, body)
        self.fails('bad_answer', images.get, cloud.IMAGE_ID)

    def test_refused_token_is_replaced_once(self):
        self.cloud.on(
            'GET',
            PATH,
            lambda r: (
                r.reply(401)
                if r.headers['X-Auth-Token'] == 'token-1'
                else r.reply(200, IMAGE)
            ),
        )
        self.assertEqual(IMAGE, images.get(self.session, cloud.IMAGE_ID))
        self.assertEqual(['token-1', 'token-2'], self.cloud.issued)

    def find(self, listed, function, *args):
        self.cloud.reply('GET', '/v2/images', 200, {'images': listed})
        found = function(self.session, *args)
        query = urllib.parse.urlsplit(self.cloud.requests[-1].path).query
        return found, dict(urllib.parse.parse_qsl(query))

    def test_find_by_hash_asks_for_active_images_and_checks_them(self):
        right = {
            **IMAGE,
            'os_hash_value': 'ab',
            'os_hash_algo': 'sha512',
        }
        found, query = self.find(
            [
                right,
                {**right, 'status': 'queued'},
                {**right, 'os_hash_value': 'other'},
                {**right, 'os_hash_algo': 'sha256'},
            ],
            images.find_by_hash,
            'sha512',
            'ab',
        )
        self.assertEqual([right], found)
        self.assertEqual(
            {
                'os_hash_value': 'ab',
                'status': 'eq:active',
                'visibility': 'all',
                'limit': '100',
            },
            query,
        )

    def test_find_by_hash_does_without_all_where_it_is_refused(self):
        right = {**IMAGE, 'os_hash_value': 'ab', 'os_hash_algo': 'sha512'}

        def answer(request):
            if 'visibility=all' in request.path:
                request.reply(400, {'message': 'Invalid visibility value'})
            else:
                request.reply(200, {'images': [right]})

        self.cloud.on('GET', '/v2/images', answer)
        found = images.find_by_hash(self.session, 'sha512', 'ab')
        self.assertEqual([right], found)
        self.assertEqual(2, len(self.cloud.sent('GET', '/v2/images')))

    def test_list_that_is_refused_for_another_reason_is_told(self):
        self.cloud.reply('GET', '/v2/images', 400, {'message': 'no'})
        self.fails('refused', images.find_by_hash, 'sha512', 'ab')
        self.assertEqual(2, len(self.cloud.sent('GET', '/v2/images')))

    def test_find_by_hash_tells_hidden_images_from_others(self):
        right = {**IMAGE, 'os_hash_value': 'ab', 'os_hash_algo': 'sha512'}
        hidden = {**right, 'os_hidden': True}
        listed = [right, hidden]
        args = images.find_by_hash, 'sha512', 'ab'
        self.assertEqual([right], self.find(listed, *args)[0])
        found, query = self.find(listed, *args, True)
        self.assertEqual([hidden], found)
        self.assertEqual('true', query['os_hidden'])

    def _reply_in_pages(self, pages):
        """Answer with one image a page.

        :returns: the markers that were asked for.
        """
        asked = []

        def answer(request):
            query = urllib.parse.urlsplit(request.path).query
            asked.append(dict(urllib.parse.parse_qsl(query)).get('marker'))
            number = len(asked)
            body = {'images': [{**IMAGE, 'id': f'image-{number}'}]}
            if number < pages:
                body['next'] = 'http://evil.example.org/v2/images'
            request.reply(200, body)

        self.cloud.on('GET', '/v2/images', answer)
        return asked

    def test_find_reads_all_pages(self):
        asked = self._reply_in_pages(3)
        found = images.find_by_name(self.session, 'debian')
        self.assertEqual(3, len(found))
        self.assertEqual([None, 'image-1', 'image-2'], asked)

    def test_find_ends_where_pages_do_not(self):
        asked = self._reply_in_pages(1000)
        self.assertEqual(20, len(images.find_by_name(self.session, 'debian')))
        self.assertEqual(20, len(asked))

    def test_find_by_property_looks_among_hidden_images_too(self):
        listed = [{**IMAGE, 'kernel_id': 'k', 'os_hidden': True}, IMAGE]
        found, query = self.find(
            listed, images.find_by_property, 'kernel_id', 'k'
        )
        self.assertEqual(listed[:1], found)
        self.assertEqual('k', query['kernel_id'])

    def test_find_of_a_gone_image_returns_none(self):
        for status in (404, 410):
            self.cloud.reply('GET', PATH, status)
            self.assertIsNone(images.find(self.session, cloud.IMAGE_ID))

    def test_find_by_md5_asks_for_checksum(self):
        right = {**IMAGE, 'checksum': 'ab'}
        found, query = self.find([right], images.find_by_hash, 'md5', 'ab')
        self.assertEqual([right], found)
        self.assertEqual('ab', query['checksum'])

    def test_find_by_name_is_exact(self):
        name = 'in:a & b'
        right = {**IMAGE, 'name': name}
        found, query = self.find([right, IMAGE], images.find_by_name, name)
        self.assertEqual([right], found)
        self.assertEqual('eq:in:a & b', query['name'])

    def test_create_sends_body(self):
        kept = self.keep_json('POST', '/v2/images', 201, IMAGE)
        made = images.create(self.session, {'name': 'debian'})
        self.assertEqual((IMAGE, [{'name': 'debian'}]), (made, kept))

    def test_create_of_taken_id_is_told(self):
        self.keep_json('POST', '/v2/images', 409, {'message': 'taken'})
        self.fails('id_taken', images.create, {})

    def test_update_sends_json_patch(self):
        kept = self.keep_json('PATCH', PATH, 200, IMAGE)
        images.update(
            self.session, cloud.IMAGE_ID, {'protected': True, 'a/b~c': 'x'}
        )
        self.assertEqual(
            [
                {'op': 'add', 'path': '/protected', 'value': True},
                {'op': 'add', 'path': '/a~1b~0c', 'value': 'x'},
            ],
            kept[0],
        )
        self.assertEqual(
            'application/openstack-images-v2.1-json-patch',
            self.cloud.requests[-1].headers['Content-Type'],
        )

    @ddt.data(204, 404, 410)
    def test_delete_leaves_nothing(self, status):
        self.cloud.reply('DELETE', PATH, status)
        images.delete(self.session, cloud.IMAGE_ID)
        self.assertEqual(1, len(self.cloud.sent('DELETE', PATH)))

    @ddt.data((403, 'image_protected'), (409, 'image_in_use'))
    @ddt.unpack
    def test_delete_that_is_refused_is_told(self, status, code):
        said = {'message': 'Image 1 is protected and cannot be deleted.'}
        self.cloud.reply('DELETE', PATH, status, said)
        self.fails(code, images.delete, cloud.IMAGE_ID)
        self.assertEqual([], self.cloud.sent('PATCH', PATH))

    def test_delete_undoes_own_protection(self):
        kept = self.keep_json('PATCH', PATH, 200, IMAGE)
        self.cloud.reply('DELETE', PATH, 204)
        images.delete(self.session, cloud.IMAGE_ID, protected=True)
        self.assertEqual(
            [[{'op': 'add', 'path': '/protected', 'value': False}]], kept
        )

    @ddt.data((True, 'reactivate'), (False, 'deactivate'))
    @ddt.unpack
    def test_data_is_closed_and_opened(self, active, action):
        path = f'/v2/images/{cloud.IMAGE_ID}/actions/{action}'
        self.cloud.on('POST', path, lambda request: request.reply(204))
        images.set_active(self.session, cloud.IMAGE_ID, active=active)
        self.assertEqual(1, len(self.cloud.sent('POST', path)))

    def test_closing_that_is_refused_is_told(self):
        path = f'/v2/images/{cloud.IMAGE_ID}/actions/deactivate'
        self.cloud.on('POST', path, lambda request: request.reply(403, {}))
        error = self.assertRaises(
            failure.SiteFailure,
            images.set_active,
            self.session,
            cloud.IMAGE_ID,
            active=False,
        )
        self.assertEqual(403, error.http_status)

    def test_members_come_with_what_they_made_of_it(self):
        self.cloud.reply(
            'GET',
            PATH + '/members',
            200,
            {
                'members': [
                    {'member_id': 'a', 'status': 'accepted'},
                    {'member_id': 'b', 'status': 'pending'},
                ]
            },
        )
        self.assertEqual(
            {'a': 'accepted', 'b': 'pending'},
            images.members(self.session, cloud.IMAGE_ID),
        )

    @ddt.data(
        (200, 'accepted', True),
        (200, 'pending', False),
        (200, 'rejected', False),
        (403, 'accepted', False),
        (404, 'accepted', False),
    )
    @ddt.unpack
    def test_member_is_accepted(self, code, status, right):
        self.cloud.reply('GET', PATH + '/members/p', code, {'status': status})
        found = images.is_accepted(self.session, cloud.IMAGE_ID, 'p')
        self.assertEqual(right, found)

    def test_update_removes_what_is_none(self):
        kept = self.keep_json('PATCH', PATH, 200, IMAGE)
        images.update(self.session, cloud.IMAGE_ID, {'a/b': None, 'c': 'd'})
        self.assertEqual(
            [
                [
                    {'op': 'remove', 'path': '/a~1b'},
                    {'op': 'add', 'path': '/c', 'value': 'd'},
                ]
            ],
            kept,
        )

    @ddt.data(200, 409)
    def test_add_member_shares_once_or_again(self, status):
        kept = self.keep_json('POST', PATH + '/members', status, {})
        images.add_member(self.session, cloud.IMAGE_ID, 'p')
        self.assertEqual([{'member': 'p'}], kept)

    def test_formats_come_from_schema(self):
        properties = {
            'disk_format': {'enum': [None, 'raw', 'qcow2']},
            'container_format': {'enum': [None, 'bare']},
        }
        self.cloud.reply(
            'GET', '/v2/schemas/image', 200, {'properties': properties}
        )
        self.assertEqual(
            {'disk_format': ['raw', 'qcow2'], 'container_format': ['bare']},
            images.formats(self.session),
        )

    def test_usage_is_read(self):
        usage = {'image_size_total': {'usage': 3, 'limit': 10}}
        self.cloud.reply('GET', '/v2/info/usage', 200, {'usage': usage})
        self.assertEqual(usage, images.usage(self.session))

    def test_site_that_counts_nothing_says_so(self):
        found = self.assertRaises(
            failure.SiteFailure, images.usage, self.session
        )
        self.assertEqual(404, found.http_status)
