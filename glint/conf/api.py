# SPDX-License-Identifier: Apache-2.0

"""Options of the API."""

from oslo_config import cfg

group = cfg.OptGroup('api', title='Options of the API')

opts = [
    cfg.IntOpt(
        'max_limit',
        default=1000,
        min=1,
        help=(
            'The largest page of a list, in items. It is also the size of a '
            'page when the request names no limit.'
        ),
    ),
    cfg.IntOpt(
        'max_targets',
        default=100,
        min=1,
        help='The largest number of target sites of one replication.',
    ),
    cfg.IntOpt(
        'conductor_timeout',
        default=20,
        min=1,
        help=(
            'How long a conductor may take, in seconds, to check a credential '
            'at its site or to make a plan, while a request waits for it. A '
            'site that has not answered by then counts as one that does not '
            'answer.'
        ),
    ),
    cfg.IntOpt(
        'threads',
        default=2,
        min=1,
        sample_default='<what the server tells, else 2>',
        help=(
            'How many threads each process of the API has for requests. '
            'uWSGI and glint-standalone tell it; set this option where '
            'another server runs the API, and never higher than what that '
            'server has. All threads but one can wait at the same time for '
            'conductors and for slow bodies of requests, and half of them '
            'for one project. A request that would have to wait beside those '
            'is answered 503 at once.'
        ),
    ),
    cfg.FloatOpt(
        'listing_max_age',
        default=300.0,
        min=0.0,
        help=(
            'For how long the images of a site are shown as they were last '
            'listed, in seconds. Older ones are shown as well, but the site '
            'is asked again at the same time. One that did not answer is '
            'asked again after half a minute at the latest.'
        ),
    ),
    cfg.FloatOpt(
        'listing_min_age',
        default=0.0,
        min=0.0,
        help=(
            'For how long a site is not asked for its images again with the '
            'same credential, in seconds, even if a request wants it to be. '
            'Such a request is answered with what is known then. With 0, each '
            'request that wants it has the sites asked; a few seconds keep '
            'users from having sites and conductors make full listings '
            'without a pause.'
        ),
    ),
    cfg.FloatOpt(
        'listing_wait',
        default=10.0,
        min=0.0,
        help=(
            'How long the API waits, in seconds, for sites whose images were '
            'never listed, or that the request wants to be asked again. '
            'Slower sites are shown as they are known until they have '
            'answered.'
        ),
    ),
]
