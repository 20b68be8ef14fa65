# SPDX-License-Identifier: Apache-2.0

"""Options of the tests in tempest.conf."""

from oslo_config import cfg

service_option = cfg.BoolOpt(
    'glint',
    default=False,
    help='Whether Glint, the image replication service, is available.',
)

group = cfg.OptGroup(
    'image_replication', title='Options of the tests of image replication'
)

opts = [
    cfg.StrOpt(
        'catalog_type',
        default='image-replication',
        help='The service type of Glint in the catalog.',
    ),
    cfg.StrOpt(
        'region',
        default='',
        help=(
            'The region of Glint. If it is empty or not in the catalog, the '
            'region of the section identity is used.'
        ),
    ),
    cfg.StrOpt(
        'endpoint_type',
        default='publicURL',
        choices=['publicURL', 'internalURL', 'adminURL'],
        help='Which endpoint of Glint is called.',
    ),
    cfg.FloatOpt(
        'build_interval',
        default=0.5,
        min=0.01,
        help='How often the state of a replication is asked, in seconds.',
    ),
    cfg.IntOpt(
        'build_timeout',
        default=300,
        min=1,
        help='How long a replication may take, in seconds.',
    ),
    cfg.StrOpt(
        'min_microversion',
        help=(
            'The oldest microversion to test, as 1.0. Without it and '
            'max_microversion, tests of single microversions do not run.'
        ),
    ),
    cfg.StrOpt(
        'max_microversion',
        help='The newest microversion to test, as 1.0, or "latest".',
    ),
    cfg.IntOpt(
        'large_image_mib',
        default=512,
        min=64,
        help=(
            'The size of the image that slow tests interrupt the copying of, '
            'in MiB. It must take the clouds some seconds.'
        ),
    ),
]

second_cloud_group = cfg.OptGroup(
    'image_replication_second_cloud',
    title='The cloud that images are replicated to',
    help=(
        'Without auth_url, tests that need it do not run. What they make '
        'there they remove.'
    ),
)

third_cloud_group = cfg.OptGroup(
    'image_replication_third_cloud',
    title='Another cloud that images are replicated to',
    help='Without auth_url, tests that need it do not run.',
)

cloud_opts = [
    cfg.URIOpt(
        'auth_url',
        schemes=['http', 'https'],
        help='The address of its Keystone, as https://keystone.example.org/v3.',
    ),
    cfg.StrOpt('region_name', help='The region to use; any, if it is unset.'),
    cfg.StrOpt(
        'username',
        help='A user who may make images and application credentials there.',
    ),
    cfg.StrOpt('password', secret=True, help='The password of this user.'),
    cfg.StrOpt(
        'user_domain_name',
        default='Default',
        help='The name of the domain of this user.',
    ),
    cfg.StrOpt(
        'project_name', help='The name of the project that the user works in.'
    ),
    cfg.StrOpt(
        'project_domain_name',
        default='Default',
        help='The name of the domain of this project.',
    ),
    cfg.StrOpt(
        'ca_certificates_file',
        help=(
            'A file with the certificates, as PEM, that the cloud is to be '
            'recognized by; those of the system, if it is unset.'
        ),
    ),
]

#: The options of each section that the plugin adds.
GROUPS = (
    (group, opts),
    (second_cloud_group, cloud_opts),
    (third_cloud_group, cloud_opts),
)
