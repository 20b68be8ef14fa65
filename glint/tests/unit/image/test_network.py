# SPDX-License-Identifier: Apache-2.0

import socket
import threading
import time
from unittest import mock

import ddt
from urllib3 import exceptions

from glint import interrupt
from glint.image import network
from glint.tests import base

DENIED = (
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '192.0.0.192',
    '192.168.1.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%1',
    'fec0::1',
    'ff02::1',
)


@ddt.ddt
class AddressPolicyTestCase(base.TestCase):
    @ddt.data(*DENIED)
    def test_address_that_is_not_public_is_denied(self, address):
        policy = network.AddressPolicy()
        self.assertRaises(network.AddressDenied, policy.check, address, 443)

    @ddt.data(
        '8.8.8.8', '2606:4700::1111', '64:ff9b::808:808', '2002:808:808::'
    )
    def test_public_address_is_admitted(self, address):
        network.AddressPolicy().check(address, 443)

    def test_allow_admits_private_network_and_no_other(self):
        policy = network.AddressPolicy(allow=['10.2.0.0/16'])
        policy.check('10.2.3.4', 443)
        policy.check('::ffff:10.2.3.4', 443)
        self.assertRaises(network.AddressDenied, policy.check, '10.3.0.1', 443)

    def test_deny_refuses_public_network(self):
        policy = network.AddressPolicy(deny=['8.8.0.0/16'])
        self.assertRaises(network.AddressDenied, policy.check, '8.8.8.8', 443)
        policy.check('8.9.8.8', 443)

    @ddt.data(
        (['10.0.0.0/8'], ['10.7.0.0/16'], '10.7.0.1', False),
        (['10.0.0.0/8'], ['10.7.0.0/16'], '10.8.0.1', True),
        (['8.8.8.8/32'], ['8.8.0.0/16'], '8.8.8.8', True),
        (['10.0.0.0/8'], ['10.0.0.0/8'], '10.0.0.1', False),
        (['10.0.0.0/8'], ['0.0.0.0/0'], '8.8.8.8', False),
        (['10.0.0.0/8'], ['0.0.0.0/0'], '10.0.0.1', True),
        (['0.0.0.0/0'], [], '127.0.0.1', True),
        # No list for IPv6 admits the private address that is wrapped.
        (['::/0'], [], '::ffff:127.0.0.1', False),
        (['::/0'], [], '64:ff9b::7f00:1', False),
        (['::/0'], [], '2002:7f00:1::', False),
        ([], ['8.8.8.8/32'], '64:ff9b::808:808', False),
        ([], ['8.8.8.8/32'], '::ffff:8.8.8.8', False),
        # A Teredo address of server 65.54.227.120 and client 127.0.0.1, then
        # of server 127.0.0.1 and client 65.54.227.120.
        (['::/0'], [], '2001:0:4136:e378:0:0:80ff:fffe', False),
        (['::/0'], [], '2001:0:7f00:1:0:0:bec9:1c87', False),
    )
    @ddt.unpack
    def test_smallest_network_decides(self, allow, deny, address, admitted):
        policy = network.AddressPolicy(allow, deny)
        if admitted:
            policy.check(address, 443)
        else:
            self.assertRaises(
                network.AddressDenied, policy.check, address, 443
            )

    @ddt.data(
        '::ffff:8.8.8.8',
        '64:ff9b::808:808',
        '2002:808:808::1',
        # Of server 65.54.227.120 and client 65.54.227.120.
        '2001:0:4136:e378:0:0:bec9:1c87',
    )
    def test_wrapping_address_must_be_admitted_like_the_wrapped(self, address):
        """One line for each pair of lists, and what comes of it."""
        v4, own = '0.0.0.0/0', f'{address}/128'
        for allow, deny, admitted in (
            ([], [], True),
            ([], ['::/0'], False),
            ([], [own], False),
            ([], [v4], False),
            ([], [v4, '::/0'], False),
            # A network within the other list decides for its own kind only.
            ([own], ['::/0'], True),
            ([own], [v4], False),
            ([own], [v4, '::/0'], False),
            (['0.0.0.0/1'], ['::/0'], False),
            (['0.0.0.0/1'], [v4], True),
            (['0.0.0.0/1'], [v4, '::/0'], False),
            (['0.0.0.0/1', own], [v4, '::/0'], True),
            (['0.0.0.0/1', own], ['8.8.8.8/32', '65.54.227.120/32'], False),
        ):
            policy = network.AddressPolicy(allow, deny)
            try:
                policy.check(address, 443)
            except network.AddressDenied:
                found = False
            else:
                found = True
            self.assertEqual(admitted, found, (address, allow, deny))

    @ddt.data(
        ('::ffff:0:0/96', '::ffff:8.8.8.8'),
        ('64:ff9b::/96', '64:ff9b::808:808'),
        ('2002::/16', '2002:808:808::1'),
        ('2001::/32', '2001:0:4136:e378:0:0:bec9:1c87'),
    )
    @ddt.unpack
    def test_deny_refuses_a_kind_of_wrapping(self, deny, address):
        policy = network.AddressPolicy(deny=[deny])
        self.assertRaises(network.AddressDenied, policy.check, address, 443)
        policy.check('8.8.8.8', 443)

    def test_ports_admit_no_others(self):
        policy = network.AddressPolicy(ports=[443, 5000])
        policy.check('8.8.8.8', 5000)
        self.assertRaises(network.AddressDenied, policy.check, '8.8.8.8', 22)

    def test_wrong_network_is_refused(self):
        self.assertRaises(ValueError, network.AddressPolicy, ['10.0.0.1/8'])


class ConnectionTestCase(base.TestCase):
    def connection(self, port, allow=('127.0.0.0/8',), **kwargs):
        made = network.HTTPConnection(
            kwargs.pop('host', '127.0.0.1'),
            port,
            policy=network.AddressPolicy(allow),
            interrupt=kwargs.pop('interrupt', interrupt.Interrupt()),
            **kwargs,
        )
        self.addCleanup(made.close)
        return made

    def listener(self, **kwargs):
        made = socket.create_server(('127.0.0.1', 0), **kwargs)
        self.addCleanup(made.close)
        return made, made.getsockname()[1]

    def found(self, *addresses):
        """Have each look-up of a name find these addresses, and count it."""
        look_up = mock.patch.object(
            socket,
            'getaddrinfo',
            autospec=True,
            return_value=[
                (socket.AF_INET, socket.SOCK_STREAM, 6, '', address)
                for address in addresses
            ],
        )
        self.addCleanup(look_up.stop)
        return look_up.start()

    def test_denied_address_is_not_connected_to(self):
        listener, port = self.listener()
        connection = self.connection(port, allow=())
        self.assertRaises(network.AddressDenied, connection.connect)
        listener.settimeout(0)
        self.assertRaises(BlockingIOError, listener.accept)

    def test_name_is_resolved_once_and_denied_address_skipped(self):
        listener, port = self.listener()
        look_up = self.found(('169.254.169.254', 80), ('127.0.0.1', port))
        self.connection(port, host='rebinding.example').connect()
        listener.accept()[0].close()
        self.assertEqual(1, look_up.call_count)

    def test_next_address_is_tried_after_refused_one(self):
        closed = socket.create_server(('127.0.0.1', 0))
        refused = closed.getsockname()
        closed.close()
        listener, port = self.listener()
        self.found(refused, ('127.0.0.1', port))
        self.connection(port, host='two.example').connect()
        listener.accept()[0].close()

    def test_unknown_name_raises_resolution_error(self):
        connection = self.connection(80, host='nowhere.invalid')
        with mock.patch.object(
            socket,
            'getaddrinfo',
            autospec=True,
            side_effect=socket.gaierror(-2, 'unknown'),
        ):
            self.assertRaises(
                exceptions.NameResolutionError, connection.connect
            )

    def full_listener(self):
        """A listener whose queue is full, so that connecting hangs."""
        _listener, port = self.listener(backlog=0)
        for _ in range(2):
            waiting = socket.socket()
            self.addCleanup(waiting.close)
            waiting.setblocking(False)
            waiting.connect_ex(('127.0.0.1', port))
        return port

    def test_connecting_gives_up_after_timeout(self):
        connection = self.connection(self.full_listener(), timeout=0.1)
        self.assertRaises(exceptions.ConnectTimeoutError, connection.connect)

    def interrupted_soon(self):
        made = interrupt.Interrupt()
        timer = threading.Timer(0.1, made.set, ['Cancelled.'])
        timer.start()
        self.addCleanup(timer.join)
        return made

    def test_interrupt_cuts_connecting(self):
        started = time.monotonic()
        connection = self.connection(
            self.full_listener(), timeout=30, interrupt=self.interrupted_soon()
        )
        self.assertRaises(interrupt.Interrupted, connection.connect)
        self.assertLess(time.monotonic() - started, 5)

    def test_interrupt_cuts_tls_handshake(self):
        stopping = interrupt.Interrupt()
        listener, port = self.listener()

        def accept():
            peer, _address = listener.accept()
            peer.recv(1)
            stopping.set('Cancelled.')
            while peer.recv(1 << 20):
                pass
            peer.close()

        accepting = threading.Thread(target=accept)
        accepting.start()
        self.addCleanup(accepting.join)
        started = time.monotonic()
        connection = network.HTTPSConnection(
            '127.0.0.1',
            port,
            timeout=30,
            policy=network.AddressPolicy(['127.0.0.0/8']),
            interrupt=stopping,
        )
        self.addCleanup(connection.close)
        self.assertRaises(OSError, connection.connect)
        self.assertLess(time.monotonic() - started, 5)

    def test_interrupt_cuts_reading(self):
        stopping = interrupt.Interrupt()
        _listener, port = self.listener()
        connection = self.connection(port, timeout=30, interrupt=stopping)
        connection.connect()
        threading.Timer(0.1, stopping.set, ['Cancelled.']).start()
        started = time.monotonic()
        self.assertEqual(b'', connection.sock.recv(1))
        self.assertLess(time.monotonic() - started, 5)

    def test_closed_connection_is_forgotten_by_interrupt(self):
        stopping = interrupt.Interrupt()
        _listener, port = self.listener()
        connection = self.connection(port, interrupt=stopping)
        connection.connect()
        connection.close()
        self.assertEqual({}, stopping._closers)
