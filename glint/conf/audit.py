# SPDX-License-Identifier: Apache-2.0

"""Options of the audit trail."""

from oslo_config import cfg

group = cfg.OptGroup('audit', title='Audit trail')

opts = [
    cfg.BoolOpt(
        'enabled',
        default=False,
        help=(
            'Whether to send two CADF notifications for each call with a '
            'token: one before it is answered and one with the outcome. Where '
            'they go is said in the groups oslo_messaging_notifications and '
            'audit_middleware_notifications.'
        ),
    ),
    cfg.StrOpt(
        'audit_map_file',
        default='/etc/glint/api_audit_map.conf',
        help=(
            'The file that says what the paths of the API are called in the '
            'notifications. It comes with Glint.'
        ),
    ),
    cfg.ListOpt(
        'ignore_methods',
        default=[],
        help=(
            'The HTTP methods whose calls are not noted. GET,HEAD leaves '
            'what only reads out.'
        ),
    ),
]
