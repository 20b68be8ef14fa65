# SPDX-License-Identifier: Apache-2.0

"""A CD image that boots, made of this project's own dependencies."""

import io
import pathlib
import sysconfig
import tarfile
import tempfile

import pycdlib

_README = """\
This image was made by Glint's quickstart, to be copied from cloud to cloud.
A PC boots from it and says so; packages.tar holds the Python libraries that
Glint itself runs with.
"""
_SECTOR_BYTES = 2048

# What a PC runs first. The BIOS loads it to address 0x7c00; the text follows
# at 0x7c2d. It goes to the screen by int 0x10 and, for the console log, to the
# first serial line by int 0x14.
_BOOT = bytes.fromhex(
    'fa 31c0 8ed8 8ed0'  # cli; xor ax, ax; mov ds, ax; mov ss, ax
    'bc007c fb fc 31d2'  # mov sp, 0x7c00; sti; cld; xor dx, dx
    'b8e300 cd14'  # mov ax, 0x00e3: 9600 baud, 8 bits; int 0x14
    'be2d7c'  # mov si, 0x7c2d
    'ac 84c0 740f'  # next: lodsb; test al, al; jz stop
    '50 b40e bb0700 cd10'  # push ax; mov ah, 0x0e; mov bx, 7; int 0x10
    '58 b401 cd14 ebec'  # pop ax; mov ah, 1; int 0x14; jmp next
    'f4 ebfd'  # stop: hlt; jmp stop
)


def make(path: pathlib.Path, title: str) -> None:
    """Write the image.

    :param path: of the file to write.
    :param title: distinguishes this image from others; ASCII.
    """
    text = f'{title}\r\nmade by the quickstart of Glint, copied by Glint.\r\n'
    boot = (_BOOT + text.encode('ascii')).ljust(_SECTOR_BYTES, b'\0')
    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=3, vol_ident='GLINT', rock_ridge='1.09')
    with tempfile.TemporaryFile(dir=path.parent) as packages:
        with tarfile.open(fileobj=packages, mode='w') as archive:
            archive.add(sysconfig.get_path('platlib'), 'site-packages')
        size = packages.tell()
        packages.seek(0)
        iso.add_fp(packages, size, '/PACKAGES.TAR;1', rr_name='packages.tar')
        for name, data in (
            ('readme.txt', f'{title}\n\n{_README}'.encode()),
            ('boot.bin', boot),
        ):
            inside = f'/{name.upper()};1'
            iso.add_fp(io.BytesIO(data), len(data), inside, rr_name=name)
        iso.add_eltorito('/BOOT.BIN;1', boot_load_size=_SECTOR_BYTES // 512)
        iso.write(str(path))
    iso.close()
