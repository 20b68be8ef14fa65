# SPDX-License-Identifier: Apache-2.0

"""A directory of numbered Fernet keys, laid out as Keystone's are.

The highest number is the primary key, which encrypts. ``0`` is staged: all
hosts have it before it becomes primary, so that none ever meets a secret
that it cannot read. The others are former primary keys.
"""

import os
import stat

from cryptography import fernet

STAGED = 0


def _numbers(directory: str) -> list[int]:
    return sorted(int(n) for n in os.listdir(directory) if n.isdigit())


def load(directory: str) -> list[bytes]:
    """Read all keys.

    :returns: the keys, the primary one first, the staged one last.
    :raises OSError: if the directory or a key cannot be read, or there is
        no key or a damaged one, or others than the owner's group can reach
        the directory.
    """
    if os.stat(directory).st_mode & stat.S_IRWXO:
        raise PermissionError(
            0, 'the directory must not be open to others (chmod o-rwx)'
        )
    keys = [_read(directory, n) for n in reversed(_numbers(directory))]
    if not keys:
        raise FileNotFoundError(
            0, 'there is no key; run "glint-manage credential setup"'
        )
    return keys


def _read(directory: str, number: int) -> bytes:
    with open(os.path.join(directory, str(number)), 'rb') as f:
        key = f.read()
    try:
        fernet.Fernet(key)
    except ValueError:
        raise OSError(0, 'key %d is damaged' % number) from None
    return key


def _write(directory: str, number: int, owner: tuple[int, int]) -> None:
    """Put a new key in place so that no reader sees half of it."""
    path = os.path.join(directory, str(number))
    temporary = path + '.tmp'
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    fd = os.open(temporary, flags, 0o600)
    with os.fdopen(fd, 'wb') as f:
        f.write(fernet.Fernet.generate_key())
        f.flush()
        os.fsync(f.fileno())
    os.chown(temporary, *owner)
    os.rename(temporary, path)


def setup(directory: str, uid: int = -1, gid: int = -1) -> bool:
    """Make the directory with a primary and a staged key.

    :param uid: the user to give it to; -1 for the one who runs this.
    :param gid: the group to give it to, likewise.
    :returns: False if there are keys already; they are left as they are.
    """
    os.makedirs(directory, mode=0o700, exist_ok=True)
    if _numbers(directory):
        return False
    os.chmod(directory, 0o700)
    os.chown(directory, uid, gid)
    for number in (STAGED, 1):
        _write(directory, number, (uid, gid))
    return True


def rotate(directory: str, max_active_keys: int) -> int:
    """Make the staged key primary, and a new one staged.

    The new keys belong to the owner of the directory.

    :param max_active_keys: how many keys to keep at most.
    :returns: the number of the new primary key.
    """
    numbers = _numbers(directory)
    info = os.stat(directory)
    primary = numbers[-1] + 1
    staged = os.path.join(directory, str(STAGED))
    os.rename(staged, os.path.join(directory, str(primary)))
    _write(directory, STAGED, (info.st_uid, info.st_gid))
    former = [n for n in numbers if n != STAGED]
    surplus = len(former) + 2 - max_active_keys
    for number in former[: max(0, surplus)]:
        os.unlink(os.path.join(directory, str(number)))
    return primary
