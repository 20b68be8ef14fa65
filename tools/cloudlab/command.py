# SPDX-License-Identifier: Apache-2.0

"""Run one program to its end."""

from collections.abc import Mapping
from collections.abc import Sequence
import pathlib
import subprocess

from cloudlab import environment
from cloudlab import exception


def tail(text: str, lines: int = 15) -> str:
    """Return the last lines of a text, indented."""
    return '\n'.join(f'    {line}' for line in text.splitlines()[-lines:])


def run(
    what: str,
    arguments: Sequence[str | pathlib.Path],
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    stdin: str = '',
) -> str:
    """Run a program and return what it wrote.

    :param what: what it is for, to begin a sentence with.
    :param env: variables to add to its environment.
    :param user: the system user to become; needs root.
    :param stdin: what it reads.
    :raises LabError: when it fails, with the last lines that it wrote.
    """
    try:
        done = subprocess.run(
            arguments,
            env=environment.clean(env),
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors='replace',
            cwd='/',
            check=False,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
    except OSError as error:
        raise exception.LabError(f'{what} failed: {error}.') from error
    if done.returncode:
        raise exception.LabError(
            f'{what} failed: {pathlib.Path(arguments[0]).name} exited '
            f'with {done.returncode}. It wrote:\n{tail(done.stdout)}'
        )
    return done.stdout
