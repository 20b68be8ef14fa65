# SPDX-License-Identifier: Apache-2.0

"""Which addresses Glint contacts, and connections that go nowhere else.

The URLs of a site come from its user and from the catalog of its cloud, so
none of them is trusted. What counts is the address that a connection is made
to: it is checked after the host name was resolved, and that very address is
then connected to, so that a second look-up cannot answer otherwise.
"""

from collections.abc import Iterable
import contextlib
import ipaddress
import socket
import time
from typing import Any

from urllib3 import connection
from urllib3 import exceptions

from glint import interrupt as interrupts

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network('64:ff9b::/96')

#: Where clouds answer their own machines, though the addresses look public:
#: Oracle Cloud's metadata, with its block of protocol assignments, and
#: Azure's platform.
_PLATFORM = (
    ipaddress.IPv4Network('192.0.0.0/24'),
    ipaddress.IPv4Network('168.63.129.16/32'),
)

#: Long silences are normal while a site stores an image, so the kernel has
#: to tell a dead peer from a busy one.
SOCKET_OPTIONS = [
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 6),
]


class AddressDenied(Exception):
    """Glint must not contact an address.

    It is no OSError, so that nothing between here and the caller takes it
    for a failure of the network and tries again.
    """


class AddressPolicy:
    """Says which addresses Glint may contact.

    Of the networks in both lists that an address is in, the smallest one
    decides; ``deny`` does where both have it. An address in none of them is
    admitted when it is reachable all over the internet: not a loopback,
    link-local (where clouds answer for metadata), multicast, private,
    shared, reserved or unspecified one.

    An IPv6 address that wraps an IPv4 address is admitted when neither of
    the two is refused. No entry of ``allow`` for the one makes up for a
    refusal of the other.

    :param allow: networks to admit, such as ``10.0.0.0/8``
    :param deny: networks to refuse
    :param ports: the only ports to admit; all of them if there are none
    :raises ValueError: when one of them is not a network
    """

    def __init__(
        self,
        allow: Iterable[str] = (),
        deny: Iterable[str] = (),
        ports: Iterable[int] = (),
    ) -> None:
        self._allow = [ipaddress.ip_network(network) for network in allow]
        self._deny = [ipaddress.ip_network(network) for network in deny]
        self._ports = frozenset(ports)

    def check(self, address: str, port: int) -> None:
        """Do nothing, unless this is where Glint must not connect to.

        :param address: an IPv4 or IPv6 address in its text form
        :param port: the port there
        :raises AddressDenied: when it is
        """
        outer = ipaddress.ip_address(address)
        if not self._reaches(outer):
            raise AddressDenied('Address %s is denied.' % address)
        if self._ports and port not in self._ports:
            raise AddressDenied('Port %d is denied.' % port)

    def _reaches(self, outer: _Address) -> bool:
        """Say whether an address is admitted, and all that it wraps."""
        wrapped = _wrapped(outer)
        if not wrapped:
            return self._admits(outer)
        # Whether the address is public is up to what it wraps.
        return self._listed(outer) is not False and all(
            map(self._admits, wrapped)
        )

    def _admits(self, address: _Address) -> bool:
        listed = self._listed(address)
        return _is_public(address) if listed is None else listed

    def _listed(self, address: _Address) -> bool | None:
        """Say what the lists decide; None if neither has the address."""
        allowed = _smallest(self._allow, address)
        denied = _smallest(self._deny, address)
        return None if allowed == denied == _NOWHERE else allowed > denied


#: The prefix length of no network at all.
_NOWHERE = -1


def _smallest(networks: Iterable[_Network], address: _Address) -> int:
    """The longest prefix of the networks that an address is in."""
    return max(
        (net.prefixlen for net in networks if address in net),
        default=_NOWHERE,
    )


def _wrapped(address: _Address) -> tuple[_Address, ...]:
    """Find the IPv4 addresses that a connection to an IPv6 one leads to."""
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    if address in _NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    inner = address.ipv4_mapped or address.sixtofour
    # The server of a Teredo tunnel, and who is behind it.
    return (inner,) if inner else address.teredo or ()


def _is_public(address: _Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not getattr(address, 'is_site_local', False)
        and not any(address in network for network in _PLATFORM)
    )


def shut(sock: socket.socket) -> None:
    """End whatever waits on a socket, from another thread."""
    with contextlib.suppress(OSError):
        # Not the method of SSLSocket, which would first switch the socket
        # to plain text under a thread that is still sending.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


class HTTPConnection(connection.HTTPConnection):
    """A connection that obeys an address policy and an interrupt.

    :param policy: says where it may connect to
    :param interrupt: cuts it, from the first packet on
    """

    def __init__(
        self,
        *args: Any,
        policy: AddressPolicy,
        interrupt: interrupts.Interrupt,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault('socket_options', SOCKET_OPTIONS)
        super().__init__(*args, **kwargs)
        self._policy = policy
        self._interrupt = interrupt
        self._guard = contextlib.ExitStack()

    def _new_conn(self) -> socket.socket:
        try:
            return self._connect_to_any(
                socket.getaddrinfo(
                    self._dns_host, self.port, type=socket.SOCK_STREAM
                )
            )
        except (socket.gaierror, UnicodeError) as e:
            reason = socket.gaierror(e.args[0], str(e.args[-1]))
            raise exceptions.NameResolutionError(
                self.host, self, reason
            ) from e
        except TimeoutError as e:
            raise exceptions.ConnectTimeoutError(
                self, 'Connection to %s timed out.' % self.host
            ) from e
        except OSError as e:
            raise exceptions.NewConnectionError(
                self, 'Failed to establish a new connection: %s' % e
            ) from e

    def _connect_to_any(self, found: list[Any]) -> socket.socket:
        deadline = None
        if self.timeout is not None:
            deadline = time.monotonic() + self.timeout
        error: Exception = OSError('The host name has no address.')
        for family, kind, protocol, _name, address in found:
            try:
                self._policy.check(*address[:2])
                return self._connect_to(
                    socket.socket(family, kind, protocol), address, deadline
                )
            except (AddressDenied, OSError) as e:
                self._interrupt.check()
                error = e
        raise error

    def _connect_to(
        self, sock: socket.socket, address: Any, deadline: float | None
    ) -> socket.socket:
        with contextlib.ExitStack() as undo:
            undo.callback(sock.close)
            undo.callback(self._guard.close)
            self._watch(sock)
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            if deadline is not None:
                sock.settimeout(max(deadline - time.monotonic(), 0.001))
            sock.connect(address)
            undo.pop_all()
        return sock

    def _watch(self, sock: socket.socket) -> None:
        """Let the interrupt cut the socket, until the connection is closed.

        TLS wraps the socket into another object later on; a duplicate stays
        valid all along, and ends the handshake as well.
        """
        line = sock.dup()
        self._guard.callback(line.close)
        self._guard.callback(self._interrupt.on_set(lambda: shut(line)))

    def close(self) -> None:
        self._guard.close()
        super().close()


class HTTPSConnection(HTTPConnection, connection.HTTPSConnection):
    """The same over TLS."""
