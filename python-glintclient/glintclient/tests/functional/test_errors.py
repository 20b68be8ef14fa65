# SPDX-License-Identifier: Apache-2.0

"""What people are told when something is not as it should be."""

from glintclient.tests.functional import base
from glintclient.tests.functional import glint as glints
from glintclient.tests.functional import old_server


class TestErrors(base.TestCase):
    def _error(self, *arguments: str, cloud: str = 'home') -> str:
        return self.openstack(*arguments, cloud=cloud, code=1).stderr

    def test_no_service_in_the_catalog(self) -> None:
        error = self._error('replication', 'list', cloud='west')
        self.assertIn('There is no image replication service (Glint)', error)
        self.assertIn(self.clouds['west']['auth']['auth_url'], error)

    def test_service_older_than_the_client(self) -> None:
        server = self.useFixture(old_server.OldServer())
        self._point_home_at(server.url)
        error = self._error('replication', 'list')
        self.assertIn('is older than your client', error)

    def test_service_down(self) -> None:
        # Nothing listens where the catalog of the lab says that Glint is.
        del self.clouds['home']['image_replication_endpoint_override']
        self.write_clouds()
        self._assert_down(self.lab['glint']['endpoint'])

    def test_service_down_that_is_not_looked_up(self) -> None:
        url = f'http://127.0.0.1:{glints.free_port()}'
        self._point_home_at(url)
        self._assert_down(url)

    def _assert_down(self, url: str) -> None:
        for arguments in (
            ('replication', 'list'),
            ('replicate', 'x', '--to', 'west'),
            ('replication', 'matrix'),
        ):
            error = self._error(*arguments)
            self.assertEqual(1, error.count('Nothing answers at'), error)
            self.assertIn(f'Nothing answers at {url}.', error)
            self.assertNotIn('Traceback', error)
            self.assertNotIn('supported versions', error)

    def test_token_that_is_not_valid_any_more(self) -> None:
        conn = self.connect('home')
        token = conn.authorize()
        conn.identity.delete(
            '/auth/tokens', headers={'X-Subject-Token': token}
        )
        self.clouds['token'] = {
            'auth_type': 'admin_token',
            'auth': {'endpoint': self.glint.url, 'token': token},
            'image_replication_endpoint_override': self.glint.url,
        }
        self.write_clouds()
        error = self._error('replication', 'list', cloud='token')
        self.assertIn('Your token is not valid, or not any more.', error)

    def test_no_such_image(self) -> None:
        error = self._error('replicate', 'nothing', '--to', self.make_site())
        self.assertIn('There is no image nothing at the site home', error)

    def test_images_of_one_name_are_listed(self) -> None:
        image = self.make_image()
        other = self.make_image()
        self.conn.image.update_image(other, name=image.name)
        error = self._error('replicate', image.name, '--to', self.make_site())
        self.assertIn(f'2 images at home are called {image.name}', error)
        for one in (image, other):
            self.assertIn(
                f'  {one.id} (4.0 KiB, active, {one.created_at})', error
            )

    def test_control_characters_are_escaped(self) -> None:
        name = self.unique('image') + '\x1b[2J'
        for _number in range(2):
            self.make_image(name=name)
        error = self._error('replicate', name, '--to', self.make_site())
        self.assertNotIn('\x1b', error)
        self.assertIn(r'\x1b[2J', error)

    def test_no_such_site(self) -> None:
        error = self._error('replicate', 'x', '--to', 'nowhere')
        self.assertIn('There is no site nowhere. Your sites are ', error)

    def test_sites_of_one_name_are_listed(self) -> None:
        fields = {
            'name': self.unique('west'),
            'auth_url': self.clouds['west']['auth']['auth_url'],
        }
        admin = self.connect('home-admin').image_replication
        for client, shared in ((self.client, False), (admin, True)):
            site = client.create_site(shared=shared, **fields)
            self.addCleanup(client.delete_site, site, cascade=True)
        error = self._error('replicate', 'x', '--to', fields['name'])
        self.assertIn(f'2 sites are called {fields["name"]}', error)
        self.assertIn(f'  {site.id} ({fields["auth_url"]})', error)

    def test_source_among_the_targets(self) -> None:
        error = self._error('replicate', 'x', '--to', 'home')
        self.assertIn('The site home is where the image comes from.', error)

    def test_no_credential_says_the_command_that_makes_one(self) -> None:
        name = self.unique('west')
        site = self.client.create_site(
            name=name, auth_url=self.clouds['west']['auth']['auth_url']
        )
        self.addCleanup(self.client.delete_site, site, cascade=True)
        error = self._error('replicate', self.make_image().name, '--to', name)
        self.assertIn(f'You have no credential for {name}.', error)
        self.assertIn(
            f'image replication credential create --site {name} ', error
        )

    def test_restricted_application_credential_says_what_to_do(self) -> None:
        made = self.conn.identity.create_application_credential(
            self.conn.current_user_id, self.unique('ci')
        )
        self.clouds['ci'] = self.clouds['home'] | {
            'auth_type': 'v3applicationcredential',
            'auth': {
                'auth_url': self.clouds['home']['auth']['auth_url'],
                'application_credential_id': made.id,
                'application_credential_secret': made.secret,
            },
        }
        self.write_clouds()
        for item in self.client.credentials():
            if item.auth_type == 'trust':
                self.client.delete_credential(item)
        site, image = self.make_site(), self.make_image()
        replicate = ('replicate', image.name, '--to', site, '--wait')
        error = self._error(*replicate, cloud='ci')
        command = 'replication credential create --site home --from-cloud'
        self.assertIn(command, error)
        self.openstack(*command.split(), 'ci', self.unique('ci'), cloud='ci')
        self.openstack(*replicate, cloud='ci')

    def test_cloud_that_is_not_in_clouds_yaml(self) -> None:
        error = self._error(
            'replication', 'site', 'create', 'x', '--from-cloud', 'nowhere'
        )
        self.assertIn('There is no cloud nowhere in clouds.yaml', error)

    def _point_home_at(self, url: str) -> None:
        self.clouds['home']['image_replication_endpoint_override'] = url
        self.write_clouds()
