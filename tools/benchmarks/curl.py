# SPDX-License-Identifier: Apache-2.0

"""Images by curl."""

import pathlib
import subprocess


class CurlFailed(Exception):
    """A curl ended with an error."""


def _get(url: str, token: str) -> list[str]:
    return ['curl', '-sSf', '-H', f'X-Auth-Token: {token}', url]


def _put(url: str, token: str, size: int, path: str) -> list[str]:
    headers = (
        f'X-Auth-Token: {token}',
        'Content-Type: application/octet-stream',
        f'x-openstack-image-size: {size}',
        # What comes from a pipe would be sent in chunks otherwise.
        f'Content-Length: {size}',
        'Transfer-Encoding:',
        # Nothing is gained by asking first.
        'Expect:',
    )
    options = [part for header in headers for part in ('-H', header)]
    return ['curl', '-sSf', '-X', 'PUT', '-T', path, *options, url]


def pipe(source: tuple[str, str], target: tuple[str, str], size: int) -> None:
    """Send an image from one Glance to another: ``curl | curl``.

    :param source: URL of the data and token.
    :param target: URL of the data and token.
    :param size: in bytes.
    :raises CurlFailed: when that fails.
    """
    with (
        subprocess.Popen(_get(*source), stdout=subprocess.PIPE) as get,
        subprocess.Popen(_put(*target, size, '-'), stdin=get.stdout) as put,
    ):
        assert get.stdout is not None
        # The other end is to see when this curl ends.
        get.stdout.close()
        _require_success(get, put)


def send(path: pathlib.Path, targets: list[tuple[str, str]]) -> None:
    """Send a file to some Glances at the same time: ``curl -T``.

    :param targets: URL of the data and token of each.
    :raises CurlFailed: when that fails.
    """
    size = path.stat().st_size
    _require_success(
        *(
            subprocess.Popen(_put(*target, size, str(path)))
            for target in targets
        )
    )


def _require_success(*commands: 'subprocess.Popen[bytes]') -> None:
    codes = [command.wait() for command in commands]
    if any(codes):
        raise CurlFailed(f'curl exited with {codes}.')
