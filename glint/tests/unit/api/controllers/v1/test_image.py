# SPDX-License-Identifier: Apache-2.0

from datetime import timedelta
import threading
import uuid

import ddt
import fixtures

from glint import states
from glint.db import credential as db_credential
from glint.db import image_listing
from glint.db import site as db_site
from glint.db.queue import health
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.tests.unit.api import base

HOME = db_site.HOME_ID
PATH = '/v1/images'


def _image(key='sha512:aa', **fields):
    return {
        'id': str(uuid.uuid4()),
        'name': 'debian',
        'status': 'active',
        'visibility': 'private',
        'os_hidden': False,
        'protected': False,
        'owner': 'p',
        'size': 3,
        'disk_format': 'raw',
        'container_format': 'bare',
        'checksum': None,
        'content': key,
        'updated_at': '2026-11-23T20:00:00Z',
        **fields,
    }


class TestCase(base.TestCase):
    conductor_runs = True

    def setUp(self):
        super().setUp()
        self.home_credential = self.add_home_credential()
        #: What the conductor finds, by credential and scope.
        self.there = {}
        #: Set while the conductor does not wait.
        self.works = threading.Event()
        self.works.set()
        self.addCleanup(self.works.set)
        self.conductor.on_listing = self._list

    def _list(self, context, credential_id, scope):
        self.works.wait(10)
        found = self.there.get((credential_id, scope))
        if isinstance(found, str):
            image_listing.failed(
                context,
                image_listing.Key(credential_id, scope),
                image_listing.now(context),
                found,
                'so it is',
            )
        elif found is not None:
            self.list(credential_id, *found, scope=scope)

    def list(self, credential_id, *images, scope='default', age=0):
        """Let a listing be there already."""
        now = image_listing.now(self.context)
        image_listing.listed(
            self.context,
            image_listing.Key(credential_id, scope),
            now - timedelta(seconds=age),
            images,
        )

    def add_west(self, *images, persona='member', **values):
        site = self.add_site()
        credential = self.add_credential(site['id'], persona, **values)
        self.list(credential['id'], *images)
        return site['id']

    def get(self, query='', persona='member'):
        return self.call('GET', f'{PATH}?{query}', persona=persona).json

    def sites(self, query=''):
        return {site['site_id']: site for site in self.get(query)['sites']}

    def asked(self):
        """Return what the conductor was asked, without waiting for more."""
        calls = []
        while not self.conductor.asked.empty():
            calls.append(self.conductor.next_call())
        return [argument for name, argument in calls if name == 'list_images']


class ShowTest(TestCase):
    def test_part_of_a_name_finds_what_any_site_calls_so(self):
        self.list(
            self.home_credential, _image(), _image('sha512:bb', name='x')
        )
        self.add_west(_image(name='Größe %20'))
        for text, names in (
            ('Gr%C3%96%C3%9FE', ['debian']),
            ('%2520', ['debian']),
            ('EB', ['debian']),
            ('%2B', []),
        ):
            found = self.get(f'search={text}')['images']
            self.assertEqual(names, [image['name'] for image in found], text)
        self.refused(400, 'request.invalid', 'GET', f'{PATH}?search=')

    def test_image_is_shown_at_all_sites(self):
        here, there = _image(), _image(name='other', os_hidden=True)
        self.list(self.home_credential, here)
        west = self.add_west(there)
        answer = self.get()
        [image] = answer['images']
        self.assertEqual([], answer['links'])
        presence = image.pop('presence')
        self.assertEqual(
            {
                'id': image['id'],
                'name': 'debian',
                'os_hash_algo': 'sha512',
                'os_hash_value': 'aa',
                'checksum': None,
                'size': 3,
                'disk_format': 'raw',
                'container_format': 'bare',
            },
            image,
        )
        self.assertEqual(
            {
                'site_id': west,
                'image_id': there['id'],
                'state': 'in_sync',
                'name': 'other',
                'visibility': 'private',
                'status': 'active',
                'os_hidden': True,
                'protected': False,
                'owner': 'p',
                'updated_at': '2026-11-23T20:00:00.000000Z',
                'copy': None,
            },
            presence[1],
        )
        self.assertEqual(
            [(HOME, 'home', 'ok', None), (west, 'west', 'ok', None)],
            [
                (s['site_id'], s['name'], s['state'], s['detail'])
                for s in answer['sites']
            ],
        )

    def test_missing_image_has_no_more_to_say(self):
        self.list(self.home_credential)
        self.add_west(_image())
        [image] = self.get()['images']
        cell = image['presence'][0]
        self.assertEqual(
            {'site_id': HOME, 'state': 'missing'},
            {key: value for key, value in cell.items() if value is not None},
        )

    def test_copy_is_shown_with_its_progress(self):
        self.list(self.home_credential, _image(id=base.IMAGE_ID))
        west = self.add_west()
        replication = self.add_replication(west)
        [copy] = lease.claim(self.context, replication['id'], 'c1', 1)
        renewal.renew(
            self.context,
            copy,
            phase=states.SENDING,
            bytes_sent=30,
            bytes_total=40,
        )
        [image] = self.get()['images']
        cell = image['presence'][1]
        self.assertEqual('copying', cell['state'])
        self.assertEqual(
            {
                'id': copy.id,
                'replication_id': replication['id'],
                'state': 'copying',
                'phase': 'sending',
                'bytes_sent': 30,
                'bytes_total': 40,
                'progress': 75,
                'next_attempt_at': None,
                'error': None,
                'waits_for': [],
            },
            cell['copy'],
        )

    def _waiting(self):
        """Return what a cell with a queued copy says, as the copy does."""
        self.list(self.home_credential, _image(id=base.IMAGE_ID))
        west = self.add_west()
        replication = self.add_replication(west)
        yield west
        path = f'/v1/replications/{replication["id"]}'
        [copy] = self.call('GET', path).json['copies']
        [image] = self.get()['images']
        cell = image['presence'][1]
        self.assertEqual('copying', cell['state'])
        for key in ('state', 'next_attempt_at', 'error', 'waits_for'):
            self.assertEqual(copy[key], cell['copy'][key])
        yield cell['copy']

    def test_queued_copy_tells_that_its_site_is_silent(self):
        self.config(group='conductor', breaker_failures=1)
        steps = self._waiting()
        health.failed(self.context, next(steps), 'Nobody answers.')
        copy = next(steps)
        self.assertEqual('unreachable', copy['error']['code'])
        self.assertIn('Nobody answers.', copy['error']['detail'])
        self.assertIn('again by itself at', copy['error']['detail'])
        self.assertIsNotNone(copy['next_attempt_at'])

    def test_queued_copy_tells_that_its_credential_is_refused(self):
        steps = self._waiting()
        next(steps)
        [credential] = [
            found
            for found in self.call('GET', '/v1/credentials').json[
                'credentials'
            ]
            if found['site_id'] != HOME
        ]
        db_credential.refuse(
            self.context, credential['id'], 'No such user.', False
        )
        copy = next(steps)
        self.assertEqual('credential_unauthorized', copy['error']['code'])
        self.assertIn('No such user.', copy['error']['detail'])

    def test_pages_follow_each_other(self):
        images = [_image(f'sha512:{n}', name=f'i{n}') for n in range(5)]
        self.list(self.home_credential, *images)
        address, names = f'{PATH}?limit=2&refresh=true&sort_dir=desc', []
        while address:
            answer = self.call('GET', address).json
            names += [image['name'] for image in answer['images']]
            links = answer['links']
            address = links[0]['href'] if links else None
        self.assertEqual(['i4', 'i3', 'i2', 'i1', 'i0'], names)
        # Only the first page asks the sites again.
        self.assertEqual(1, len(self.asked()))


@ddt.ddt
class QueryTest(TestCase):
    @ddt.data(
        'limit=0',
        'marker=x',
        'sort_key=created_at',
        'sort_dir=up',
        'state=lost',
        'visibility=secret',
        'site_id=west',
        'hidden=perhaps',
        'refresh=2',
        'name=',
        'size=3',
        'all_projects=true',
    )
    def test_bad_query_returns_400(self, query):
        self.refused(400, 'request.invalid', 'GET', f'{PATH}?{query}')

    def test_unknown_marker_returns_400(self):
        self.list(self.home_credential)
        self.refused(
            400, 'request.invalid', 'GET', f'{PATH}?marker={uuid.uuid4()}'
        )

    def test_more_is_listed_on_request(self):
        own = _image()
        self.list(self.home_credential, own)
        for scope in ('hidden', 'community', 'pending'):
            more = _image(f'sha512:{scope}', name=scope)
            # What is in both is there once.
            self.list(self.home_credential, own, more, scope=scope)
        self.assertEqual(1, len(self.get()['images']))
        for scope in ('hidden', 'community', 'pending'):
            images = self.get(f'{scope}=true')['images']
            self.assertEqual(
                sorted([('debian', 1), (scope, 1)]),
                [(i['name'], len(i['presence'])) for i in images],
            )
        found = self.get('hidden=true&community=true&pending=true')
        self.assertEqual(4, len(found['images']))


class AskTest(TestCase):
    """Which sites are asked, and what is waited for."""

    def test_first_call_asks_and_waits(self):
        self.config(group='api', listing_wait=7)
        self.there[self.home_credential, 'default'] = [_image()]
        self.assertEqual(1, len(self.get()['images']))
        key = [self.home_credential, 'default']
        self.assertEqual([([key], 7)], self.asked())
        self.assertEqual(1, len(self.get()['images']))
        self.assertEqual([], self.asked())

    def test_old_listing_is_shown_and_asked_for_again(self):
        self.config(group='api', listing_max_age=60)
        self.there[self.home_credential, 'default'] = []
        self.list(self.home_credential, _image(), age=61)
        self.works.clear()
        answer = self.get()
        self.assertEqual(1, len(answer['images']))
        self.assertEqual('ok', answer['sites'][0]['state'])
        self.works.set()
        name, (keys, wait) = self.conductor.next_call()
        self.assertEqual(
            ('list_images', [[self.home_credential, 'default']], 0),
            (name, keys, wait),
        )
        self.assertEqual([], self.get()['images'])

    def test_site_that_did_not_answer_is_asked_again_soon(self):
        self.there[self.home_credential, 'default'] = 'unreachable'
        self.get()
        self.asked()
        self.there[self.home_credential, 'default'] = [_image()]
        self.get()
        self.assertEqual([], self.asked())
        # The half minute is over.
        self.useFixture(
            fixtures.MonkeyPatch('glint.api.listings._FAILED_MAX_AGE', 0.0)
        )
        self.assertEqual('unreachable', self.get()['sites'][0]['state'])
        name, _arguments = self.conductor.next_call()
        self.assertEqual('list_images', name)
        self.assertEqual('ok', self.get()['sites'][0]['state'])

    def test_refresh_asks_again_and_waits(self):
        self.list(self.home_credential)
        self.there[self.home_credential, 'default'] = [_image()]
        self.assertEqual([], self.get()['images'])
        self.assertEqual(1, len(self.get('refresh=true')['images']))

    def test_refresh_asks_no_site_that_was_asked_just_now(self):
        self.config(group='api', listing_min_age=200)
        self.there[self.home_credential, 'default'] = [_image()]
        self.list(self.home_credential, age=201)
        west = self.add_west()
        self.assertEqual(1, len(self.get('refresh=true')['images']))
        key = [self.home_credential, 'default']
        self.assertEqual([[key]], [keys for keys, _wait in self.asked()])

        self.there[self.home_credential, 'default'] = []
        self.assertEqual(1, len(self.get('refresh=true')['images']))
        self.get(f'refresh=true&site_id={west}')
        self.assertEqual([], self.asked())

    def test_source_of_a_new_image_is_asked_again(self):
        self.list(self.home_credential, _image(), age=60)
        west = self.add_west()
        new = _image('sha512:bb', id=base.IMAGE_ID, name='new')
        self.there[self.home_credential, 'default'] = [new]
        self.add_replication(west)
        self.assertEqual(
            {'new': ['in_sync', 'copying']},
            {
                image['name']: [cell['state'] for cell in image['presence']]
                for image in self.get()['images']
            },
        )
        key = [self.home_credential, 'default']
        self.assertEqual([[key]], [keys for keys, _wait in self.asked()])
        # It is known now.
        self.get()
        self.assertEqual([], self.asked())

    def test_source_that_does_not_answer_is_waited_for_once(self):
        self.list(self.home_credential, _image(), age=60)
        west = self.add_west()
        self.there[self.home_credential, 'default'] = 'unreachable'
        self.add_replication(west)
        self.assertEqual('unreachable', self.sites()[HOME]['state'])
        self.assertEqual(1, len(self.asked()))
        self.get()
        self.assertEqual([], self.asked())

    def test_refresh_of_one_site_asks_no_other(self):
        self.list(self.home_credential)
        west = self.add_west()
        self.get(f'refresh=true&site_id={west}')
        [(keys, _wait)] = self.asked()
        self.assertEqual(1, len(keys))
        self.assertNotIn([self.home_credential, 'default'], keys)

    def test_refresh_of_what_a_site_lacks_asks_the_others_too(self):
        self.list(self.home_credential)
        west = self.add_west()
        self.there[self.home_credential, 'default'] = [_image(name='new')]
        answer = self.get(f'refresh=true&site_id={west}&state=missing')
        self.assertEqual(['new'], [i['name'] for i in answer['images']])

    def test_site_that_fails_keeps_what_it_had(self):
        for state in ('unreachable', 'unauthorized'):
            self.list(self.home_credential, _image())
            before = self.sites()[HOME]
            self.there[self.home_credential, 'default'] = state
            answer = self.get('refresh=true')
            self.assertEqual(
                {**before, 'state': state, 'detail': 'so it is'},
                answer['sites'][0],
            )
            self.assertEqual(1, len(answer['images']))

    def test_site_that_does_not_answer_in_time_is_told(self):
        site = self.sites()[HOME]
        self.assertEqual(
            ('unreachable', None), (site['state'], site['listed_at'])
        )
        self.assertIn('still being asked', site['detail'])

    def test_credential_that_works_again_is_asked_at_once(self):
        self.there[self.home_credential, 'default'] = 'unauthorized'
        self.get()
        self.there[self.home_credential, 'default'] = [_image()]
        self.assertEqual('unauthorized', self.sites()[HOME]['state'])
        db_credential.set_state(self.context, self.home_credential, 'ok', None)
        self.assertEqual('ok', self.sites()[HOME]['state'])


class NoConductorTest(TestCase):
    conductor_runs = False

    def test_what_is_known_is_shown_without_a_conductor(self):
        self.config(group='api', listing_wait=0.1)
        west = self.add_west(_image())
        sites = self.sites()
        self.assertEqual('ok', sites[west]['state'])
        self.assertEqual('unreachable', sites[HOME]['state'])
        self.assertIn('no conductor answered', sites[HOME]['detail'])


class ViewTest(TestCase):
    """Whose credentials count."""

    def setUp(self):
        super().setUp()
        self.list(self.home_credential)

    def test_private_credential_shows_others_nothing(self):
        colleague = self.add_home_credential('colleague')
        self.list(colleague)
        west = self.add_west(_image())
        self.assertEqual(1, len(self.get()['images']))
        answer = self.get(persona='colleague')
        self.assertEqual([], answer['images'])
        self.assertNotIn(west, [s['site_id'] for s in answer['sites']])

    def test_shared_credential_shows_the_project_what_it_sees(self):
        self.list(self.add_home_credential('reader'))
        self.add_west(_image(), shared=True)
        self.assertEqual(1, len(self.get(persona='reader')['images']))

    def test_own_credential_comes_before_a_shared_one(self):
        self.list(self.add_home_credential('colleague'))
        west = self.add_west(_image(), shared=True)
        own = self.add_credential(west, 'colleague')
        self.list(own['id'], _image('sha512:bb'))
        [image] = self.get(persona='colleague')['images']
        self.assertEqual('bb', image['os_hash_value'])

    def test_other_project_sees_nothing(self):
        self.list(self.add_home_credential('stranger'))
        self.add_west(_image(), shared=True)
        self.assertEqual([], self.get(persona='stranger')['images'])

    def test_disabled_site_is_left_out(self):
        west = self.add_west(_image())
        self.call('PATCH', f'/v1/sites/{west}', {'enabled': False})
        self.assertNotIn(west, self.sites())

    def test_deleted_credential_takes_its_listing_along(self):
        site = self.add_site()['id']
        credential = self.add_credential(site)['id']
        self.list(credential, _image())
        self.call('DELETE', f'/v1/credentials/{credential}', status=204)
        self.assertEqual([], self.get()['images'])

    def test_copies_of_another_project_are_not_shown(self):
        self.list(self.home_credential, _image(id=base.IMAGE_ID))
        site = self.add_site(persona='admin', shared=True)['id']
        for persona in ('member', 'stranger'):
            credential = self.add_credential(site, persona)
            self.list(credential['id'])
        self.list(self.add_home_credential('stranger'))
        self.add_replication(site, persona='stranger')
        [image] = self.get()['images']
        self.assertEqual('missing', image['presence'][1]['state'])


class NoTrustTest(TestCase):
    """The home Keystone makes no trust."""

    def setUp(self):
        super().setUp()
        db_credential.delete(self.context, self.home_credential)

    def test_other_sites_are_shown_all_the_same(self):
        west = self.add_west(_image())
        sites = self.sites()
        self.assertEqual('ok', sites[west]['state'])
        self.assertEqual('unreachable', sites[HOME]['state'])
        self.assertIn('home Keystone', sites[HOME]['detail'])
        [image] = self.get()['images']
        self.assertEqual('unverifiable', image['presence'][0]['state'])
