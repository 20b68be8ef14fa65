# SPDX-License-Identifier: Apache-2.0

"""Application credentials with access rules, at a real Keystone and Glance."""

import json
import pathlib
from typing import Any

from glint.image import access_rules
from glint.tests.functional import faulty
from glint.tests.functional import glance
from glint.tests.integration import lab as labs

#: What the user guide gives as the least that copying needs.
LEAST = json.loads(
    (
        pathlib.Path(__file__).parents[3] / 'doc/source/user/access-rules.json'
    ).read_text()
)
FILE = '/v2/images/*/file'


def without(*calls: str) -> list[dict[str, str]]:
    """The least rules but for some, such as ``PUT /v2/images/*/file``."""
    return [
        rule
        for rule in LEAST
        if f'{rule["method"]} {rule["path"]}' not in calls
    ]


def only(*uses: access_rules.Use) -> list[dict[str, str]]:
    """The rules for some uses."""
    found = {rule for use in uses for rule in access_rules.NEEDED[use]}
    return [
        {'service': rule.service, 'method': rule.method, 'path': rule.path}
        for rule in sorted(found, key=str)
    ]


class TestCase(faulty.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]

    def restricted(
        self, rules: Any, cloud: labs.Cloud | None = None, status: int = 201
    ) -> Any:
        """Register a cloud and a credential with access rules.

        :returns: the credential, or the answer that refuses it.
        """
        cloud = cloud or self.cloud
        site = self.call(
            'POST',
            '/v1/sites',
            201,
            name=cloud.name,
            auth_url=cloud.auth_url,
            region_name=cloud.region_name,
        ).json
        key = self.application_credential(cloud, access_rules=rules)
        return self.call(
            'POST',
            '/v1/credentials',
            status,
            site_id=site['id'],
            name='key',
            auth_type='v3applicationcredential',
            auth={
                'application_credential_id': key['id'],
                'application_credential_secret': key['secret'],
            },
        ).json

    def logins(self) -> int:
        """How many tokens the cloud's Keystone has given out or refused."""
        log = self.cloud.logs['keystone_access'].read_text()
        return log.count('"POST /v3/auth/tokens HTTP')


class LeastAccessTest(TestCase):
    """A credential that may do no more than the user guide says."""

    def test_image_is_copied_with_all_that_belongs_to_it(self) -> None:
        made = self.restricted(LEAST)
        self.assertEqual(('ok', None), (made['state'], made['detail']))
        image = self.make_image(
            b'x' * 100_000, visibility='shared', protected=True, os_x='y'
        )
        member = self.lab.home.other.project_id
        home = self.lab.home.member.glance()
        home.image_members.create(image.id, member)
        self.lab.home.other.glance().image_members.update(
            image.id, member, 'accepted'
        )
        replication = self.replicate(
            image.id,
            made['site_id'],
            options={
                'members': True,
                'on_conflict': 'rename',
                'visibility': 'shared',
            },
        )
        copied = self.copied(replication, self.cloud)
        self.assertTrue(copied.protected)
        self.assertEqual('shared', copied.visibility)
        found = self.cloud.member.glance().image_members.list(copied.id)
        self.assertEqual([member], [item.member_id for item in found])
        # Its end is known as well.
        [copy] = replication['copies']
        self.assertEqual(1, copy['attempts'])

    def test_image_is_copied_from_there(self) -> None:
        made = self.restricted(LEAST)
        east = self.lab.clouds[2]
        image = self.make_random_image(1000, self.cloud)
        replication = self.replicate(
            image.id, self.add_site(east), source_site_id=made['site_id']
        )
        self.copied(replication, east)

    def test_end_is_told_with_the_rule_for_it(self) -> None:
        key = self.application_credential(
            self.cloud,
            access_rules=LEAST,
            expires_at='2099-01-02T03:04:05',
        )
        site = self.call(
            'POST', '/v1/sites', 201, name='w', auth_url=self.cloud.auth_url
        ).json
        made = self.call(
            'POST',
            '/v1/credentials',
            201,
            site_id=site['id'],
            name='key',
            auth_type='v3applicationcredential',
            auth={
                'application_credential_id': key['id'],
                'application_credential_secret': key['secret'],
            },
        ).json
        self.assertTrue(made['expires_at'].startswith('2099-01-02T03'))

    def test_target_needs_no_rule_of_a_source(self) -> None:
        Use = access_rules.Use
        made = self.restricted(only(Use.TARGET, Use.CLEANING))
        self.assertEqual('ok', made['state'])
        self.assertIn('cannot copy from the site', made['detail'])
        self.assertIn(f'GET {FILE}', made['detail'])
        image = self.make_random_image(1000)
        # The schema, the quota and the visibility are not its to ask.
        self.copied(self.replicate(image.id, made['site_id']), self.cloud)

    def test_source_needs_two_rules(self) -> None:
        made = self.restricted(only(access_rules.Use.SOURCE))
        self.assertEqual('ok', made['state'])
        self.assertIn('cannot upload to the site', made['detail'])
        east = self.lab.clouds[2]
        image = self.make_random_image(1000, self.cloud)
        replication = self.replicate(
            image.id, self.add_site(east), source_site_id=made['site_id']
        )
        self.copied(replication, east)


class MissingRuleTest(TestCase):
    """A credential that may not do what a copy needs."""

    def test_missing_upload_is_told_at_the_check_and_ends_the_copy(
        self,
    ) -> None:
        made = self.restricted(without(f'PUT {FILE}'))
        self.assertEqual('ok', made['state'])
        self.assertIn(f'PUT {FILE}', made['detail'])
        image = self.make_random_image(1000)
        before = self.logins()
        [copy] = self.replicate(image.id, made['site_id'])['copies']
        self.assertEqual(
            ('error', 1, 'access_rules', 401),
            (
                copy['state'],
                copy['attempts'],
                copy['error']['code'],
                copy['error']['http_status'],
            ),
        )
        self.assertIn(f'PUT {FILE}', copy['error']['detail'])
        self.assertNotIn('password', copy['error']['detail'])
        self.assertEqual(1, self.logins() - before)
        self.assert_nothing_made(image, self.cloud)
        # The credential is none the worse for it.
        found = self.call('GET', f'/v1/credentials/{made["id"]}', 200).json
        self.assertEqual('ok', found['state'])

    def test_missing_download_ends_the_copy_and_names_the_call(self) -> None:
        made = self.restricted(without(f'GET {FILE}'))
        image = self.make_random_image(1000, self.cloud)
        east = self.lab.clouds[2]
        replication = self.replicate(
            image.id, self.add_site(east), source_site_id=made['site_id']
        )
        [copy] = replication['copies']
        self.assertEqual(
            ('error', 1, 'access_rules'),
            (copy['state'], copy['attempts'], copy['error']['code']),
        )
        self.assertIn(
            f'GET /v2/images/{image.id}/file', copy['error']['detail']
        )
        self.assert_nothing_made(image, east)

    def test_missing_change_is_noted(self) -> None:
        made = self.restricted(without('PATCH /v2/images/*'))
        self.assertIn('PATCH /v2/images/*', made['detail'])
        image = self.make_random_image(1000)
        replication = self.replicate(
            image.id, made['site_id'], options={'visibility': 'community'}
        )
        self.copied(replication, self.cloud)
        [note] = replication['copies'][0]['notes']
        self.assertIn('visibility could not be set', note)
        self.assertIn('PATCH /v2/images/', note)

    def test_plan_tells_it_before(self) -> None:
        made = self.restricted(without(f'PUT {FILE}'))
        image = self.make_random_image(1000)
        plan = self.call(
            'POST',
            '/v1/replications?dry_run=true',
            200,
            image_id=image.id,
            target_site_ids=[made['site_id']],
        ).json['targets'][0]
        self.assertEqual('blocked', plan['action'])
        self.assertIn(f'PUT {FILE}', plan['reasons'][0])

    def test_rules_for_other_services_are_refused_at_once(self) -> None:
        answer = self.restricted(
            [{'service': 'compute', 'method': 'GET', 'path': '/v2/images'}],
            status=400,
        )
        detail = answer['errors'][0]['detail']
        self.assertIn('access rules do not have the call', detail)
        self.assertIn('GET /v2/images', detail)


class UnawareGlanceTest(glance.TestCase):
    """A Glance whose operator did not name its service type."""

    def test_what_it_refuses_is_told_with_the_reason(self) -> None:
        self.glance.configure('keystone_authtoken', service_type='')
        self.glance.start()
        answer = TestCase.restricted(self, LEAST, self.cloud, 400)
        detail = answer['errors'][0]['detail']
        self.assertIn('refuses what the access rules permit', detail)
        self.assertIn('service_type', detail)
