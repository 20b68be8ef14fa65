# SPDX-License-Identifier: Apache-2.0

"""Options of the quotas."""

from oslo_config import cfg

group = cfg.OptGroup(
    'quota',
    title='Quotas',
    help='How much one project may have.',
)

#: The names are those of the limits in Keystone, too.
opts = [
    cfg.StrOpt(
        'driver',
        default='config',
        choices=[
            ('config', 'The options below, the same for all projects.'),
            (
                'unified_limits',
                'The limits in the home Keystone, found as the group '
                'oslo_limit says.',
            ),
        ],
        help='Where the limits are.',
    ),
    cfg.IntOpt(
        'sites',
        default=50,
        min=-1,
        help=(
            'How many sites of its own a project may have; those shared with '
            'all projects do not count. -1 means any number.'
        ),
    ),
    cfg.IntOpt(
        'credentials',
        default=200,
        min=-1,
        help=(
            'How many credentials the users of a project may have in it, '
            'together; trusts, which Glint makes itself, do not count. -1 '
            'means any number.'
        ),
    ),
    cfg.IntOpt(
        'active_replications',
        default=500,
        min=-1,
        help=(
            'How many replications of a project may be queued or running at '
            'the same time. -1 means any number.'
        ),
    ),
    cfg.IntOpt(
        'rules',
        default=50,
        min=-1,
        help='How many rules a project may have. -1 means any number.',
    ),
]
