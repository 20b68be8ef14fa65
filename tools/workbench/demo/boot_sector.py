# SPDX-License-Identifier: Apache-2.0

"""What a PC runs first when it boots from the image: it prints a text."""

#: Bytes, one sector of a CD.
SIZE = 2048

# The BIOS loads it to address 0x7c00; the text follows at 0x7c2d. It goes to
# the screen by int 0x10 and, for the console log, to the first serial line
# by int 0x14.
_CODE = bytes.fromhex(
    'fa'  # cli
    '31c0'  # xor ax, ax
    '8ed8'  # mov ds, ax
    '8ed0'  # mov ss, ax
    'bc007c'  # mov sp, 0x7c00
    'fb'  # sti
    'fc'  # cld
    '31d2'  # xor dx, dx
    'b8e300'  # mov ax, 0x00e3: 9600 baud, 8 bits
    'cd14'  # int 0x14
    'be2d7c'  # mov si, 0x7c2d
    'ac'  # next: lodsb
    '84c0'  # test al, al
    '740f'  # jz stop
    '50'  # push ax
    'b40e'  # mov ah, 0x0e
    'bb0700'  # mov bx, 7
    'cd10'  # int 0x10
    '58'  # pop ax
    'b401'  # mov ah, 1
    'cd14'  # int 0x14
    'ebec'  # jmp next
    'f4'  # stop: hlt
    'ebfd'  # jmp stop
)


def make(text: str) -> bytes:
    """Make the sector.

    :param text: ASCII, to be printed.
    """
    lines = text.replace('\n', '\r\n').encode('ascii') + b'\0'
    return (_CODE + lines).ljust(SIZE, b'\0')
