# SPDX-License-Identifier: Apache-2.0

"""Other clouds, as clouds.yaml describes them."""

from collections.abc import Iterator
import contextlib
import pathlib
from typing import Any

from openstack import config
from openstack import connection
from openstack import exceptions as sdk
from openstack.config import cloud_region
from osc_lib import exceptions
from osc_lib import shell

from glintclient.i18n import _
from glintclient.osc.v1 import access_rules

_TYPES = {
    'password': 'v3password',
    'v3password': 'v3password',
    'v3applicationcredential': 'v3applicationcredential',
    'v3oidcclientcredentials': 'v3oidcclientcredentials',
}
#: Keys that are for the client alone, or that the site has.
_NOT_SENT = ('auth_url', 'default_domain', 'system_scope')


class Cloud:
    """A cloud of clouds.yaml.

    :param name: as it is called there.
    :raises CommandError: if there is no such cloud.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._loader = loader = config.OpenStackConfig(pw_func=self._ask)
        try:
            # What a password is for may never be done.
            self._region = loader.get_one(cloud=name, validate=False)
        except sdk.ConfigException:
            raise exceptions.CommandError(
                _('There is no cloud %(name)s in clouds.yaml, but %(all)s.')
                % {
                    'name': name,
                    'all': ', '.join(sorted(loader.get_cloud_names())),
                }
            ) from None

    def _ask(self, prompt: str | None = None) -> str:
        """Ask for a password, and say where: home may ask for one, too."""
        words = (prompt or _('Password')).rstrip(': ')
        return shell.prompt_for_password(
            _('%(what)s at the cloud %(name)s: ')
            % {'what': words, 'name': self._name}
        )

    @property
    def site(self) -> dict[str, Any]:
        """What the API wants to know of it as a site."""
        interfaces = self._region.get_interface('image')
        if isinstance(interfaces, list):
            interfaces = interfaces[0] if interfaces else None
        found = {
            'auth_url': self._region.config['auth'].get('auth_url'),
            'region_name': self._region.get_region_name('image'),
            # Older files have publicURL, as Keystone v2 did.
            'interface': (interfaces or '').removesuffix('URL'),
        }
        if authority := self._region.config.get('cacert'):
            found['ca_cert'] = read_file(authority)
        return {key: value for key, value in found.items() if value}

    @property
    def auth_type(self) -> str:
        """The type of its credential.

        :raises CommandError: if Glint cannot use one of this type.
        """
        found = str(self._region.config.get('auth_type'))
        if found not in _TYPES:
            raise exceptions.CommandError(
                _(
                    'The cloud %(name)s authenticates by %(type)s, which '
                    'cannot be handed on. Let an application credential be '
                    'made with --make-application-credential.'
                )
                % {'name': self._name, 'type': found}
            )
        return _TYPES[found]

    @property
    def auth(self) -> dict[str, Any]:
        """What it authenticates with, the secret included.

        A password that is not in clouds.yaml is asked for.
        """
        return {
            key: str(value)
            for key, value in self._complete().config['auth'].items()
            if value and key not in _NOT_SENT
        }

    def _complete(self) -> cloud_region.CloudRegion:
        return self._loader.get_one(cloud=self._name)

    @contextlib.contextmanager
    def application_credential(
        self, name: str, least_access: bool = False
    ) -> Iterator[dict[str, str]]:
        """Make an application credential, and keep it if all goes well.

        :param name: what it is called.
        :param least_access: whether it is to permit no more than Glint needs.
        :returns: what to authenticate with it by.
        :raises CommandError: if it cannot be made.
        """
        with connection.Connection(config=self._complete()) as conn:
            identity: Any = conn.identity
            user_id = conn.current_user_id
            limits: dict[str, Any] = {}
            if least_access:
                endpoint = conn.endpoint_for('image')
                limits['access_rules'] = access_rules.least(endpoint)
            try:
                made = identity.create_application_credential(
                    user_id,
                    name,
                    description=_('Lets Glint copy images.'),
                    **limits,
                )
            except sdk.HttpException as e:
                raise exceptions.CommandError(
                    _(
                        'The cloud %(cloud)s did not make the application '
                        'credential %(name)s: %(reason)s'
                    )
                    % {
                        'cloud': self._name,
                        'name': name,
                        'reason': e.details or e,
                    }
                ) from e
            try:
                yield {
                    'application_credential_id': made.id,
                    'application_credential_secret': made.secret,
                }
            except BaseException:
                identity.delete_application_credential(user_id, made.id)
                raise


def read_file(name: str) -> str:
    """Read a text that an option names.

    :param name: of the file.
    :raises CommandError: if it cannot be read.
    """
    try:
        return pathlib.Path(name).expanduser().read_text()
    except (OSError, UnicodeDecodeError) as e:
        raise exceptions.CommandError(
            _('The file %(name)s cannot be read: %(reason)s')
            % {'name': name, 'reason': e}
        ) from e
