# SPDX-License-Identifier: Apache-2.0

"""Options of the metrics."""

from oslo_config import cfg

group = cfg.OptGroup('metrics', title='Metrics for Prometheus')

opts = [
    cfg.PortOpt(
        'port',
        help=(
            'The port at which a conductor answers Prometheus, over HTTP and '
            'at any path. Without it, there are no metrics. Conductors on '
            'the same host need different ones.'
        ),
    ),
    cfg.HostAddressOpt(
        'listen',
        default='127.0.0.1',
        help=(
            'The address at which a conductor answers Prometheus. Whoever '
            'reaches it reads the metrics: they name sites by their ids, '
            'but no users, images or secrets.'
        ),
    ),
    cfg.IntOpt(
        'max_sites',
        default=200,
        min=0,
        help=(
            'How many sites have metrics of their own. What is about further '
            'sites is counted under the name "other", so that users who add '
            'sites cannot fill the memory of Prometheus.'
        ),
    ),
    cfg.FloatOpt(
        'database_interval',
        default=15.0,
        min=1.0,
        help=(
            'How often a conductor counts copies in the database at most, in '
            'seconds, however often it is asked.'
        ),
    ),
]
