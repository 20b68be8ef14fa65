# SPDX-License-Identifier: Apache-2.0

"""Options of the conductor."""

from oslo_config import cfg

group = cfg.OptGroup('conductor', title='Options of the conductor')

opts = [
    cfg.HostAddressOpt(
        'host',
        sample_default='<the host name>',
        help=(
            'The name under which this conductor holds copies. It must be '
            'unique among all conductors and stay the same over restarts. '
            'Without it, the name of the host is used.'
        ),
    ),
    cfg.IntOpt(
        'max_copies',
        default=16,
        min=1,
        help='How many copies a conductor runs at the same time.',
    ),
    cfg.IntOpt(
        'max_attempts',
        default=5,
        min=1,
        help=(
            'How often a copy is tried before it ends in error. Failures '
            'that another attempt cannot mend end it at once.'
        ),
    ),
    cfg.FloatOpt(
        'retry_delay',
        default=10.0,
        min=0.0,
        help=(
            'How long the second attempt waits, in seconds. The wait doubles '
            'with each further attempt and is varied at random by a quarter, '
            'so that many copies do not come back at the same moment.'
        ),
    ),
    cfg.FloatOpt(
        'max_retry_delay',
        default=600.0,
        min=0.0,
        help='The longest wait between two attempts, in seconds.',
    ),
    cfg.IntOpt(
        'breaker_failures',
        default=5,
        min=1,
        help=(
            'How often in a row a site must fail to answer before its copies '
            'wait for it to answer again. That costs them no attempts. What '
            'a site answers about one image does not count.'
        ),
    ),
    cfg.FloatOpt(
        'probe_delay',
        default=30.0,
        min=0.0,
        help=(
            'How long a site that does not answer is left alone before the '
            'conductor asks it again, in seconds: for a token and for a list '
            'of images. The wait doubles with each further question and is '
            'varied at random by a quarter.'
        ),
    ),
    cfg.FloatOpt(
        'max_probe_delay',
        default=600.0,
        min=0.0,
        help=(
            'The longest that a site that does not answer is left alone, in '
            'seconds.'
        ),
    ),
    cfg.FloatOpt(
        'park_timeout',
        default=86400.0,
        min=0.0,
        help=(
            'How long a copy waits for a credential that its site refuses '
            'to work again, in seconds, before it ends in error.'
        ),
    ),
    cfg.FloatOpt(
        'recheck_delay',
        default=60.0,
        min=0.0,
        help=(
            'How long a conductor waits, in seconds, before it checks a '
            'refused credential again, or tries again to remove the '
            'unfinished image of a copy that has ended. Each further wait is '
            'twice as long; for a credential no longer than check_interval.'
        ),
    ),
    cfg.FloatOpt(
        'wrong_login_delay',
        default=3600.0,
        min=0.0,
        help=(
            'How long a conductor waits, in seconds, before it tries a '
            'refused password or client secret again: sites count such '
            'logins and lock the account. Each further wait is four times as '
            'long. After four wrong logins in a row, the credential is only '
            'tried when a user asks for a check.'
        ),
    ),
    cfg.FloatOpt(
        'check_interval',
        default=86400.0,
        min=0.0,
        help=(
            'How often each credential is checked at its site, in seconds, '
            'whether or not it is in use, so that its user sees in time that '
            'it was revoked or is about to expire. A credential whose site '
            'did not answer is checked 24 times as often. All waits for a '
            'check are longer at random by a quarter at most, so that checks '
            'are spread. With 0, only refused credentials are checked. A '
            'change holds for each credential from its next check on; those '
            'that were checked while it was 0 have to be checked by a user.'
        ),
    ),
    cfg.FloatOpt(
        'expiry_warning',
        default=14 * 86400.0,
        min=0.0,
        help=(
            'How long before a credential expires its detail says so, in '
            'seconds.'
        ),
    ),
    cfg.FloatOpt(
        'progress_interval',
        default=1.0,
        min=0.1,
        max=2.0,
        help=(
            'How often the progress of a running copy is written to the '
            'database, in seconds. A cancelled copy stops within this time.'
        ),
    ),
    cfg.FloatOpt(
        'timer_interval',
        default=5.0,
        min=0.1,
        help=(
            'How often a conductor looks into the database for copies that '
            'no message announced or that another conductor left, in '
            'seconds.'
        ),
    ),
    cfg.FloatOpt(
        'lease',
        default=30.0,
        min=1.0,
        help=(
            'How long a conductor may be silent, in seconds, before another '
            'one takes over its copies; half as long passes until it does. '
            'The API, all conductors and glint-manage must have the same '
            'value, for their sessions with the database have limits that '
            'follow from it: a transaction that does nothing is ended after '
            'a third of the lease, 10 seconds at the most, and a lock is '
            'waited for for a sixth of it, 2 seconds at the most; each at '
            'least a second.'
        ),
    ),
    cfg.FloatOpt(
        'stop_timeout',
        default=20.0,
        min=0.0,
        help=(
            'How long a conductor that is told to stop waits for its copies '
            'to be handed back, in seconds.'
        ),
    ),
    cfg.IntOpt(
        'max_listings',
        default=64,
        min=1,
        help=(
            'How many sites a conductor asks for images at the same time, and '
            'a quarter of that for the users of one project.'
        ),
    ),
    cfg.IntOpt(
        'max_questions',
        default=32,
        min=4,
        help=(
            'How many requests of the API may wait for a conductor at the '
            'same time, which then checks a credential, makes a plan or lists '
            'images, and how many chores at sites the conductor does besides: '
            'further checks of credentials, questions to sites that did not '
            'answer, and removals of unfinished images. A quarter of each is '
            'for one project. Further requests are refused, and further '
            'chores done later.'
        ),
    ),
    cfg.IntOpt(
        'max_listed_images',
        default=10000,
        min=1,
        help=(
            'How many images of a site are listed, the newest ones first. '
            'Where a site has more, the listing says so.'
        ),
    ),
    cfg.FloatOpt(
        'listing_timeout',
        default=60.0,
        min=0.1,
        help=(
            'How long a site may take to list its images, in seconds, with '
            'all pages together.'
        ),
    ),
    cfg.StrOpt(
        'spool_dir',
        default='$state_path/spool',
        help=(
            'Directory where the images being copied are kept while they '
            'are sent to several sites, or to one that is slow. It should '
            'have room for all images that are copied at the same time; '
            'nothing stays there afterwards, even after a crash.'
        ),
    ),
    cfg.IntOpt(
        'spool_max_size',
        default=0,
        min=0,
        help=(
            'The most that all images in the spool directory may take '
            'together, in bytes. With 0 only the free space of its file '
            'system counts.'
        ),
    ),
    cfg.FloatOpt(
        'spool_linger',
        default=60.0,
        min=0.0,
        help=(
            'How long an image stays in the spool directory after its last '
            'copy ended, in seconds, for copies that are tried again or '
            'asked for a little later. It makes room earlier when another '
            'image needs it. With 0 no image stays.'
        ),
    ),
    cfg.IntOpt(
        'memory_per_feed',
        default=4 * 1024 * 1024,
        min=4 * 1024 * 1024,
        help=(
            'How much memory a copy may take for its data, in bytes, when it '
            'is the only one of its replication, or when the spool directory '
            'has no room for the image. More of it evens out networks whose '
            'speed varies, but leaves the caches of the processor.'
        ),
    ),
]
