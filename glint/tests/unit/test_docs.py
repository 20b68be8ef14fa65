# SPDX-License-Identifier: Apache-2.0

"""What the documentation points at is there."""

from collections.abc import Iterator
import pathlib
import re

from glint.tests import base

_ROOT = pathlib.Path(__file__).parents[3]
_PAGES = (
    *sorted(_ROOT.glob('doc/source/contributor/*.rst')),
    _ROOT / 'HACKING.rst',
)
_FOLDERS = (
    '',
    'glint',
    'tools',
    'glint-dashboard',
    'glint-tempest-plugin',
    'python-glintclient',
)
_FILE = re.compile(r'``([\w./-]+\.(?:py|rst|ini|toml|yaml|cfg))``')
_MODULE = re.compile(r'[`~](glint(?:\.\w+)+)[`(]')
#: What is there only when something runs, or belongs to somebody else.
_ELSEWHERE = {
    'clouds.yaml',
    'constants.py',
    'glint.conf',
    'local.conf',
    'tempest.conf',
    'utils.py',
}


def _names(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for page in _PAGES:
        for name in pattern.findall(page.read_text()):
            if name not in _ELSEWHERE:
                yield page.name, name


class PointerTest(base.TestCase):
    def test_each_file_is_there(self) -> None:
        missing = [
            (page, name)
            for page, name in _names(_FILE)
            if not self._is_file(name)
        ]
        self.assertEqual([], missing)

    def _is_file(self, name: str) -> bool:
        places = [_ROOT / folder / name for folder in _FOLDERS]
        # A page about one distribution names its files by their names alone.
        return any(place.exists() for place in places) or any(
            list((_ROOT / folder).rglob(name)) for folder in _FOLDERS[1:]
        )

    def test_each_module_is_there(self) -> None:
        missing = [
            (page, name)
            for page, name in _names(_MODULE)
            if not self._is_module(name)
        ]
        self.assertEqual([], missing)

    def _is_module(self, name: str) -> bool:
        """Say whether a module, or one that has a thing in it, exists."""
        path = _ROOT / name.replace('.', '/')
        return any(
            place.is_dir() or place.with_suffix('.py').exists()
            for place in (path, path.parent)
            if place != _ROOT / 'glint'
        )
