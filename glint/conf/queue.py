# SPDX-License-Identifier: Apache-2.0

"""Options of the queue."""

from oslo_config import cfg

group = cfg.OptGroup(
    'queue',
    title='The queue of copies',
    help=(
        'In which order copies run, and how many at the same time. The '
        'limits hold for all conductors together, so the API and all '
        'conductors must have the same.'
    ),
)

opts = [
    cfg.IntOpt(
        'max_copies_to_site',
        default=8,
        min=0,
        help=(
            'How many copies run to one site at the same time. It should be '
            'less than the max_copies of a conductor, so that a slow site '
            'cannot keep all that conductors can do to itself. With 0, any '
            'number may run.'
        ),
    ),
    cfg.IntOpt(
        'max_reads_from_site',
        default=16,
        min=0,
        help=(
            'How many images are read from one site at the same time. The '
            'copies of one replication that a conductor runs read the image '
            'once. With 0, any number may be.'
        ),
    ),
    cfg.IntOpt(
        'max_copies_per_project',
        default=12,
        min=0,
        help=(
            'How many copies of one project run at the same time. It should '
            'be less than what all conductors can run together, so that '
            'other projects need not wait for long copies to end. With 0, '
            'any number may run.'
        ),
    ),
    cfg.FloatOpt(
        'size_delay',
        default=10.0,
        min=0.0,
        help=(
            'How much later the turn of an image comes within its project '
            'for each GiB that it has, in seconds, as if it had been asked '
            'for so much later. So small images go before large ones, which '
            'wait no longer than that. With 0, size does not matter.'
        ),
    ),
]
