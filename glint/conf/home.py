# SPDX-License-Identifier: Apache-2.0

"""Options of the home site."""

from oslo_config import cfg

group = cfg.OptGroup(
    'home',
    title='The home site',
    help='The site whose Keystone Glint itself is registered in.',
)

opts = [
    cfg.StrOpt('name', default='home', help='The name of the home site.'),
    cfg.URIOpt(
        'auth_url',
        schemes=['http', 'https'],
        help=(
            'The address of the home Keystone, with its version, as '
            'https://keystone.example.org/v3. Without it, the '
            'www_authenticate_uri of the group keystone_authtoken is used.'
        ),
    ),
    cfg.StrOpt(
        'region_name',
        help=(
            'The region of the Glance of the home site. It has to be set '
            'where the catalog has Glances in several regions.'
        ),
    ),
    cfg.StrOpt(
        'interface',
        default='public',
        choices=['public', 'internal', 'admin'],
        help='The interface of the Glance of the home site.',
    ),
    cfg.StrOpt(
        'cafile',
        help=(
            'A file with the CA certificates, in PEM, that the home '
            'Keystone and Glance are verified with. Without it, those that '
            'the system trusts are used.'
        ),
    ),
]
