# SPDX-License-Identifier: Apache-2.0

"""A CD image that boots, made of this project's own dependencies."""

import io
import pathlib
import sysconfig
import tarfile
import tempfile

import pycdlib

from workbench.demo import boot_sector

_README = """\
This image was made by Glint's quickstart, to be copied from cloud to cloud.
A PC boots from it and says so; packages.tar holds the Python libraries that
Glint itself runs with.
"""


def make(path: pathlib.Path, title: str) -> None:
    """Write the image.

    :param path: of the file to write.
    :param title: distinguishes this image from others.
    """
    boot = boot_sector.make(
        f'{title}\nmade by the quickstart of Glint, copied by Glint.\n'
    )
    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=3, vol_ident='GLINT', rock_ridge='1.09')
    with tempfile.TemporaryFile(dir=path.parent) as packages:
        _pack(packages)
        size = packages.tell()
        packages.seek(0)
        iso.add_fp(packages, size, '/PACKAGES.TAR;1', rr_name='packages.tar')
        for name, data in (
            ('readme.txt', f'{title}\n\n{_README}'.encode()),
            ('boot.bin', boot),
        ):
            iso.add_fp(
                io.BytesIO(data),
                len(data),
                f'/{name.upper()};1',
                rr_name=name,
            )
        iso.add_eltorito('/BOOT.BIN;1', boot_load_size=boot_sector.SIZE // 512)
        iso.write(str(path))
    iso.close()


def _pack(stream: io.BufferedRandom) -> None:
    """Put the installed libraries into an archive."""
    libraries = sysconfig.get_path('platlib')
    with tarfile.open(fileobj=stream, mode='w') as archive:
        archive.add(libraries, arcname='site-packages')
