# SPDX-License-Identifier: Apache-2.0

"""Options of how the secrets of credentials are kept."""

from oslo_config import cfg

group = cfg.OptGroup(
    'secrets', title='How the secrets of credentials are kept'
)

opts = [
    cfg.StrOpt(
        'backend',
        default='fernet',
        choices=[
            ('fernet', 'Encrypted in the database with keys in a directory.'),
            (
                'castellan',
                'Kept by the key manager, Barbican or Vault, that the group '
                '[key_manager] names, as secrets of the user in the group '
                '[service_user].',
            ),
        ],
        help=(
            'How the secrets of newly registered credentials are kept. Those '
            'that are there already stay readable; "glint-manage credential '
            'migrate" moves them.'
        ),
    ),
    cfg.StrOpt(
        'key_repository',
        default='/etc/glint/credential-keys',
        help=(
            'Directory of the Fernet keys that credentials are encrypted '
            'with; "glint-manage credential setup" makes it. All API and '
            'conductor hosts need the same keys. Back it up apart from the '
            'database: who has both has the credentials.'
        ),
    ),
    cfg.IntOpt(
        'max_active_keys',
        default=3,
        min=3,
        help=(
            'How many keys "glint-manage credential rotate" keeps: the '
            'staged one, the primary one and former ones.'
        ),
    ),
    cfg.IntOpt(
        'key_manager_timeout',
        default=30,
        min=1,
        help=(
            'How long to wait for an answer of Barbican, in seconds. Vault '
            'has an option of its own, timeout in the group [vault].'
        ),
    ),
]
