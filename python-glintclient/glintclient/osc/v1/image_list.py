# SPDX-License-Identifier: Apache-2.0

"""Which images a command is about: one, or several that it lists."""

from collections.abc import Iterator
from collections.abc import Sequence
import sys

from osc_lib import exceptions

from glintclient.i18n import _
from glintclient.osc.v1 import image_name

_STANDARD_INPUT = '-'
_SIGNS = '*?['


def wanted(
    images: image_name.Images, words: Sequence[str]
) -> tuple[list[image_name.Image], bool]:
    """Find all images before anything is done to the first.

    :param images: those at the source.
    :param words: names, IDs and patterns; - for what the standard input has.
    :returns: the images, each once, and whether several were asked for, be
        there one or not.
    :raises CommandError: if one of them is not there.
    """
    found: dict[str, image_name.Image] = {}
    several = len(words) > 1 or _STANDARD_INPUT in words
    for word in _read(words):
        try:
            named = [images.find(word)]
        except image_name.Missing:
            if not any(sign in word for sign in _SIGNS):
                raise
            several = True
            named = _matching(images, word)
        for image in named:
            found.setdefault(image.id, image)
    if not found:
        raise exceptions.CommandError(
            _('The standard input names no image: give one name or ID a line.')
        )
    return list(found.values()), several


def _read(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if word == _STANDARD_INPUT:
            # Blanks may belong to a name.
            lines = (line.rstrip('\r\n') for line in sys.stdin)
            yield from (line for line in lines if line.strip())
        else:
            yield word


def _matching(
    images: image_name.Images, pattern: str
) -> list[image_name.Image]:
    found = images.matching(pattern)
    if not found:
        raise exceptions.CommandError(
            _(
                'No active image matches %s; "openstack image replication '
                'matrix" lists those of all sites.'
            )
            % pattern
        )
    return found
