# SPDX-License-Identifier: Apache-2.0

"""Draws what a terminal shows, for the README and the documentation.

With rich installed, and PYTHONPATH=tools:
``tools/quickstart | python -m workbench.picture doc/source/_static`` draws the
quickstart, and
``python -m workbench.picture doc/source/_static client <session.out``
a session with the client.
"""

import os
import pathlib
import re
import sys

from rich import console

_WIDTH = 96
_LAST = 'What to type next'
_FIRST = re.compile(r'^\$ openstack image replicate .*--dry-run', re.MULTILINE)


def _quickstart(text: str) -> str:
    shown = text.partition(_LAST)[0].rstrip()
    # Where the checkout lies is nobody's business.
    shown = shown.replace(str(pathlib.Path.cwd()), '~/glint')
    return f'$ tools/quickstart\n{shown}'


def _client(text: str) -> str:
    found = _FIRST.search(text)
    assert found
    return text[found.start() :].rstrip()


_PICTURES = {
    'quickstart': ('tools/quickstart', _quickstart),
    'client': ('openstack image replicate', _client),
}


def main(folder: pathlib.Path, name: str = 'quickstart') -> None:
    """Write a picture.

    :param folder: where to.
    :param name: of the picture.
    """
    title, choose = _PICTURES[name]
    shown = choose(sys.stdin.read())
    with open(os.devnull, 'w') as nowhere:
        paper = console.Console(file=nowhere, record=True, width=_WIDTH)
        for line in shown.splitlines():
            paper.print(line, markup=False)
    svg = paper.export_svg(title=title)
    # No fonts from elsewhere, and no spaces lost.
    svg = re.sub(r'@font-face {.*?}\s*', '', svg, flags=re.DOTALL)
    svg = svg.replace('<svg ', '<svg xml:space="preserve" ', 1)
    lines = [line.rstrip() for line in svg.splitlines()]
    (folder / f'{name}.svg').write_text('\n'.join(lines) + '\n')


if __name__ == '__main__':
    main(pathlib.Path(sys.argv[1]), *sys.argv[2:])
