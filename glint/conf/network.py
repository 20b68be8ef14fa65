# SPDX-License-Identifier: Apache-2.0

"""Options of the connections to other clouds."""

from oslo_config import cfg
from oslo_config import types

group = cfg.OptGroup(
    'network',
    title='Connections to other clouds',
    help=(
        'Users name the addresses of other clouds, and those clouds name '
        'further ones in their catalogs. Each address is checked when it is '
        'connected to.'
    ),
)

opts = [
    cfg.ListOpt(
        'allow',
        default=[],
        help=(
            'Networks that conductors may connect to although they are '
            'denied otherwise, as 10.20.0.0/16. The networks of the home '
            'site and of clouds with private addresses belong here.'
        ),
    ),
    cfg.ListOpt(
        'deny',
        default=[],
        help=(
            'Networks that conductors do not connect to, besides those that '
            'are always denied unless allowed: loopback, link-local (with '
            'the metadata service), multicast, private and reserved ones. '
            'Where an address is in networks of both lists, the smallest '
            'network decides: 10.20.0.0/16 in allow and 10.20.7.0/24 here '
            'admit the one without the other, and 0.0.0.0/0 with ::/0 here '
            'leave nothing but what allow lists. An IPv6 address that wraps '
            'an IPv4 address, as NAT64 does, is denied when either of the '
            'two is.'
        ),
    ),
    cfg.ListOpt(
        'ports',
        item_type=types.Integer(min=1, max=65535),
        default=[],
        help=(
            'The only ports that conductors connect to, as 443, 5000, 9292; '
            'any port, if the list is empty.'
        ),
    ),
    cfg.FloatOpt(
        'connect_timeout',
        default=10.0,
        min=0.1,
        help='How long a connection may take to be made, in seconds.',
    ),
    cfg.FloatOpt(
        'request_timeout',
        default=30.0,
        min=0.1,
        help=(
            'How long the answer to a request may take, in seconds. Data of '
            'images is bounded by stall_timeout instead.'
        ),
    ),
    cfg.FloatOpt(
        'stall_timeout',
        default=60.0,
        min=1.0,
        help=(
            'How long a site may neither send nor take a byte of an image, '
            'in seconds, before the attempt is given up.'
        ),
    ),
]
