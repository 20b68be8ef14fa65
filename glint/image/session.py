# SPDX-License-Identifier: Apache-2.0

"""One user's access to one site: tokens, the image endpoint, connections."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import dataclasses
import functools
import re
import ssl
from typing import Any
import urllib.parse

from keystoneauth1 import access as keystone_access
from keystoneauth1 import discover
from keystoneauth1 import session as keystone_session
from keystoneauth1.identity import v3

from glint import interrupt as interrupts
from glint.i18n import _
from glint.image import access_rules as rules
from glint.image import failure
from glint.image import login as logins
from glint.image import network
from glint.image import transport

#: What keystoneauth stumbles with over a catalog that is none.
_MALFORMED = (
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)

_PLUGINS: dict[str, type[v3.base.BaseAuth]] = {
    'v3applicationcredential': v3.ApplicationCredential,
    'v3oidcclientcredentials': v3.OidcClientCredentials,
    'v3password': v3.Password,
    # A trust is used with the trustee's password.
    'v3trust': v3.Password,
}


@functools.lru_cache
def _trusting(ca_cert: str | None) -> ssl.SSLContext:
    """Make the TLS context that all sites with the same CA share.

    To read the certificates of the system takes longer than a request.

    :raises SSLError: and ValueError, when the CA certificate is unusable
    """
    context = ssl.create_default_context(cadata=ca_cert)
    # An intermediate authority is enough to be trusted, as with curl.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    # Whatever the configuration of OpenSSL on this host says.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _is_plain(url: str) -> bool:
    """Whether all that reads a URL reads the same of it."""
    if not re.fullmatch(r'[!-~]{1,2048}', url) or re.search(r'[?#@\\]', url):
        return False
    try:
        found = urllib.parse.urlsplit(url)
        return (
            found.scheme in ('http', 'https')
            and bool(found.hostname)
            and found.port != 0
        )
    except ValueError:
        return False


@dataclasses.dataclass(frozen=True)
class SiteAddress:
    """Where a site is, and how it proves to be that site.

    :ivar site_id: its id in Glint
    :ivar name: its name, for messages
    :ivar auth_url: of its Keystone, with or without version
    :ivar region_name: the region of its catalog, None for the only one
    :ivar interface: public, internal or admin
    :ivar ca_cert: certificates in PEM format, None for those of the system
    """

    site_id: str
    name: str
    auth_url: str
    region_name: str | None = None
    interface: str = 'public'
    ca_cert: str | None = None


class SiteSession:
    """Talks with one site by one credential; safe to use in many threads.

    :param site: the site
    :param auth_type: ``v3applicationcredential``, ``v3password``,
        ``v3oidcclientcredentials`` or ``v3trust``
    :param auth: the parameters of keystoneauth's plugin of that name
    :param policy: the addresses that may be contacted
    :param interrupt: cuts all that the session does, if given
    :param guard: is entered around each login, and sees how it ends
    :param connect_timeout: seconds to make a connection
    :param answer_timeout: seconds to the end of an answer of the APIs
    :ivar keystone: keystoneauth's session, which adds no token by itself
    :raises SiteFailure: when the CA certificate or ``auth`` is unusable
    """

    def __init__(
        self,
        site: SiteAddress,
        auth_type: str,
        auth: Mapping[str, str],
        policy: network.AddressPolicy,
        *,
        interrupt: interrupts.Interrupt | None = None,
        guard: Callable[
            [], contextlib.AbstractContextManager[None]
        ] = contextlib.nullcontext,
        connect_timeout: float = 10,
        answer_timeout: float = 60,
    ) -> None:
        self.site = site
        self.auth_type = auth_type
        self._auth: dict[str, Any] = dict(auth)
        self._policy = policy
        self._interrupt = interrupt or interrupts.Interrupt()
        self._connect_timeout = connect_timeout
        self._tls = self._tls_context()
        self._plugin = self._auth_plugin()
        self._requests = transport.session(
            transport.GuardedAdapter(
                policy, self._interrupt, self._tls, answer_timeout
            )
        )
        self.keystone = keystone_session.Session(
            session=self._requests,
            timeout=connect_timeout,
            redirect=False,
            app_name='glint',
        )
        self._guard = guard
        self._login = logins.Login(
            self._plugin, self.keystone, self._authenticating
        )

    def __repr__(self) -> str:
        return '<SiteSession %s %s>' % (self.site.name, self.auth_type)

    def _tls_context(self) -> ssl.SSLContext:
        try:
            return _trusting(self.site.ca_cert)
        except (ssl.SSLError, ValueError) as e:
            raise self.failure('authenticate', 'ca') from e

    def _auth_plugin(self) -> v3.base.BaseAuth:
        auth_url = self.site.auth_url.rstrip('/')
        if not auth_url.endswith('/v3'):
            auth_url += '/v3'
        try:
            return _PLUGINS[self.auth_type](auth_url, **self._auth)
        except (KeyError, TypeError, ValueError):
            # Neither chained nor repeated: its text may hold the secret.
            raise self.failure('authenticate', 'parameters') from None

    def failure(
        self,
        call: str,
        answer: failure.Answer | Exception | str,
        said: str = '',
        asked: tuple[str, str] | None = None,
    ) -> failure.SiteFailure:
        """Classify what went wrong at this site; see failure.classify.

        :param asked: the method and the path that Glance refused
        """
        if (
            asked is not None
            and isinstance(answer, failure.Answer)
            and answer.status == 401
        ):
            # What Glance says speaks of a wrong password in any case.
            said = ' '.join(asked)
            if not self.permits(*asked):
                answer = failure.Answer(401, kind='access_rules')
        made = failure.classify(
            call,
            self.site.name,
            answer,
            said=said,
            secrets=self._secrets(),
        )
        made.site_id = self.site.site_id
        return made

    def _secrets(self) -> list[str]:
        """What no message may repeat: the credential, and all its tokens."""
        found = [
            value
            for key, value in self._auth.items()
            if key.endswith(('secret', 'password'))
        ]
        # Not yet, where the parameters prove to be wrong.
        if hasattr(self, '_login'):
            found += self._login.tokens
        return found

    @contextlib.contextmanager
    def calling(
        self, call: str, interrupt: interrupts.Interrupt | None = None
    ) -> Iterator[None]:
        """Turn whatever is raised while the site is talked with.

        :param call: what is asked of the site, a key of the failure table
        :param interrupt: what beside the session's may have cut the call
        :raises Interrupted: when the call was cut
        :raises SiteFailure: when it failed otherwise
        """
        try:
            yield
        except failure.ERRORS as e:
            self._interrupt.check()
            if interrupt is not None:
                interrupt.check()
            raise self.failure(call, e) from e

    @contextlib.contextmanager
    def _authenticating(self) -> Iterator[None]:
        # The guard is to see what the login is turned into.
        with self._guard(), self.calling('authenticate'):
            yield

    def token(self) -> str:
        """A token that holds for a while yet.

        :raises SiteFailure: when the site gives none
        """
        return self.access().auth_token or ''

    def access(self) -> keystone_access.AccessInfo:
        """Who the credential is at the site, by the token in use.

        :raises SiteFailure: when the site gives none
        """
        return self._login.access()

    def fresh_token(self) -> str:
        """A token that was issued just now; other threads get it as well.

        :raises SiteFailure: when the site gives none
        """
        return self._login.renew().auth_token or ''

    def other_token(self, refused: str) -> str:
        """Another token than one that Glance refused.

        Of many threads with the same token, one logs in.

        :raises SiteFailure: when the site gives none
        """
        return self._login.replace(refused).auth_token or ''

    @property
    def access_rules(self) -> list[rules.Rule] | None:
        """What alone the credential may ask, None where that is all.

        Known from the first token on.
        """
        known = self._login.known
        if not isinstance(known, keystone_access.AccessInfoV3):
            return None
        with self.calling('authenticate'):
            return rules.read(known.application_credential_access_rules)

    def permits(self, method: str, path: str) -> bool:
        """Whether the credential's access rules let it ask Glance something.

        :param path: with or without the path of the endpoint
        """
        return rules.permits(self.access_rules, method, path)

    @functools.cached_property
    def image_endpoint(self) -> str:
        """The base URL of the site's Glance, without version.

        :raises SiteFailure: when the site has none
        """
        with self.calling('endpoint'):
            found = self._endpoints(
                region_name=self.site.region_name,
                interface=self.site.interface,
            )
            if not found:
                raise self.failure('endpoint', 'missing', self._offer())
            if len({data.catalog_url for data in found}) > 1:
                self._refuse_to_choose(found)
            endpoint = found[0].catalog_url or ''
            base = re.sub(r'/v[12](\.\d+)?$', '', endpoint.rstrip('/'))
            if not _is_plain(base):
                raise self.failure('endpoint', 'url')
            return base

    def _endpoints(self, **filters: str | None) -> list[discover.EndpointData]:
        """What the catalog says of the image service."""
        said = _('its catalog is not as Keystone makes it')
        access = self.access()
        try:
            by_type = access.service_catalog.get_endpoints_data(
                service_type='image', **filters
            )
        except _MALFORMED:
            raise self.failure('endpoint', 'garbled', said) from None
        found = [data for some in by_type.values() for data in some]
        for data in found:
            if not isinstance(data.catalog_url, str) or not isinstance(
                data.region_name, str | None
            ):
                raise self.failure('endpoint', 'garbled', said)
        return found

    def _refuse_to_choose(self, found: list[discover.EndpointData]) -> None:
        """See to it that no image gets into a region that nobody named."""
        regions = {str(data.region_name) for data in found}
        if len(regions) > 1:
            said = ', '.join(sorted(regions))
            raise self.failure('endpoint', 'regions', said)

    def _offer(self) -> str:
        """Say where the catalog has the image service instead."""
        places = {
            '%s (%s)' % (data.region_name, data.interface)
            for data in self._endpoints()
        }
        if not places:
            return _('there is none in any region')
        return _('it is in ') + ', '.join(sorted(places))

    def application_credential(self, user_id: str | None) -> Any:
        """Keystone's record of the application credential in use.

        :param user_id: the user whose it is
        """
        return self.keystone.get(
            '%s/users/%s/application_credentials/%s'
            % (
                self._plugin.auth_url,
                urllib.parse.quote(user_id or '', safe=''),
                self._auth['application_credential_id'],
            ),
            headers={'X-Auth-Token': self.token()},
            authenticated=False,
        ).json()['application_credential']

    def connect(
        self, interrupt: interrupts.Interrupt
    ) -> network.HTTPConnection:
        """Open a connection to the site's Glance, for an image's data.

        :param interrupt: cuts it
        :raises SiteFailure: when the catalog has no usable endpoint
        :raises OSError: and others, when it cannot be made
        """
        url = urllib.parse.urlsplit(self.image_endpoint)
        guards: dict[str, Any] = {
            'policy': self._policy,
            'interrupt': interrupt,
            'timeout': self._connect_timeout,
        }
        connection: network.HTTPConnection
        if url.scheme == 'https':
            connection = network.HTTPSConnection(
                url.hostname or '', url.port, ssl_context=self._tls, **guards
            )
        else:
            connection = network.HTTPConnection(
                url.hostname or '', url.port, **guards
            )
        connection.connect()
        return connection

    def file_path(self, image_id: str) -> str:
        """The path of an image's data at the site's Glance."""
        base = urllib.parse.urlsplit(self.image_endpoint).path
        return '%s/v2/images/%s/file' % (
            base,
            urllib.parse.quote(image_id, safe=''),
        )

    def close(self) -> None:
        """Close the connections that are kept for the next request."""
        self._requests.close()
