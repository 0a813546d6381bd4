"""Pictures without what cameras write beside them: place, device, owner, time, thumbnails.

Works on the files' own segments, so no pixel is decoded or changed: nothing to explode, nothing
lost but the metadata. What follows the end of a picture is dropped as well.
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cohort.files.looking import Behind, Buffer, find
from cohort.files.refusals import FileRefused

MOST_PIXELS = 50_000_000
# Segments, chunks and blocks that a file may be made of: each takes its time to look at. Cameras
# and editors write a few thousand at most; only GIF must cut its picture into blocks of 255 bytes.
MOST_PIECES = 20_000
MOST_GIF_BLOCKS = 400_000

# What is kept: bytes of our own, or a stretch of the original.
Part = bytes | tuple[int, int]


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    parts: list[Part]


class Damaged(ValueError):
    """The bytes do not hold what a file of their kind must."""


class InTooManyPieces(ValueError):
    """Looking at all of it would take too long."""


def without_metadata(data: Buffer, extension: str) -> Picture:
    """The picture's size and the parts to keep of it. Raises FileRefused."""
    try:
        picture = _READERS[extension](data)
    except (Damaged, IndexError, struct.error) as error:
        raise FileRefused(
            _("This picture seems damaged or cut off. Save it anew and try again.")
        ) from error
    except InTooManyPieces as error:
        raise FileRefused(
            _("This picture is made of far too many pieces. Save it anew and try again.")
        ) from error
    if picture.width * picture.height > MOST_PIXELS:
        raise FileRefused(
            _(
                "This picture has %(width)d × %(height)d pixels, more than we can show. "
                "Make it smaller than %(most)d megapixels and try again."
            )
            % {
                "width": picture.width,
                "height": picture.height,
                "most": MOST_PIXELS // 1_000_000,
            }
        )
    if not (picture.width and picture.height):
        raise FileRefused(_("This picture is empty."))
    return picture


class _Pieces:
    """Counts what a reader looks at, and where. Raises InTooManyPieces."""

    def __init__(self, data: Buffer, most: int = MOST_PIECES) -> None:
        self.left = most
        self._behind = Behind(data)

    def count(self, at: int, pieces: int = 1) -> None:
        self._behind.stands(at)
        self.left -= pieces
        if self.left < 0:
            raise InTooManyPieces


def _stretch(data: Buffer, start: int, end: int) -> tuple[int, int]:
    if end > len(data):
        raise Damaged
    return start, end


# ---------------------------------------------------------------- JPEG (ITU T.81 annex B)

_SCAN_ENDS = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_NO_FILL = re.compile(rb"[^\xff]")
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_KEPT_APPS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}


def _jpeg(data: Buffer) -> Picture:
    parts: list[Part] = []
    width = height = 0
    orientation: int | None = None
    pieces = _Pieces(data)
    at = 2
    while True:
        pieces.count(at)
        named = find(_NO_FILL, data, at)
        if named is None or named.start() == at:
            raise Damaged
        marker, at = data[named.start()], named.end()
        if marker == 0xD9:
            break
        end = at + int.from_bytes(data[at : at + 2], "big")
        start, end = _stretch(data, at, max(end, at + 2))
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 3 : at + 7])
        if marker == 0xE1:
            # The first that is Exif counts, as it does for viewers.
            if orientation is None and data[at + 2 : at + 8] == b"Exif\0\0":
                orientation = _orientation(data[at + 2 : min(end, at + 65_536)])
        elif _jpeg_keeps(marker, data[at + 2 : at + 16]):
            parts += [bytes((0xFF, marker)), (start, end)]
        at = end
        if marker == 0xDA:
            scan = find(_SCAN_ENDS, data, at)
            if scan is None:
                raise Damaged
            parts.append((at, scan.start()))
            at = scan.start()
    turned = [_exif_orientation(orientation)] if orientation and orientation != 1 else []
    return Picture(width, height, [b"\xff\xd8", *turned, *parts, b"\xff\xd9"])


def _jpeg_keeps(marker: int, beginning: bytes) -> bool:
    if marker == 0xFE:  # a comment
        return False
    if 0xE0 <= marker <= 0xEF:
        return marker in _KEPT_APPS and beginning.startswith(_KEPT_APPS[marker])
    return True


def _orientation(segment: bytes) -> int:
    """How a viewer must turn the picture: the one fact of Exif worth keeping (tag 0x0112)."""
    tiff = segment[6:]
    if tiff[:2] not in (b"II", b"MM"):
        return 1
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        (at,) = struct.unpack_from(f"{order}L", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        for entry in range(min(count, 200)):
            tag, kind, _count, value = struct.unpack_from(f"{order}HHLH", tiff, at + 2 + 12 * entry)
            if (tag, kind) == (0x0112, 3):
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def _exif_orientation(value: int) -> bytes:
    tiff = b"MM\0*" + struct.pack(">LHHHLHHL", 8, 1, 0x0112, 3, 1, value, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff


# ---------------------------------------------------------------- PNG (ISO/IEC 15948 §5, APNG)

_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs acTL fcTL fdAT".split()
)


def _png(data: Buffer) -> Picture:
    width, height = struct.unpack(">LL", data[16:24])
    parts: list[Part] = [(0, 8)]
    at = 8
    if data[12:16] != b"IHDR":
        raise Damaged
    pieces = _Pieces(data)
    while True:
        pieces.count(at)
        length, name = struct.unpack(">L4s", data[at : at + 8])
        chunk = _stretch(data, at, at + length + 12)
        if name in _PNG_KEPT:
            parts.append(chunk)
        if name == b"IEND":
            return Picture(width, height, parts)
        at = chunk[1]


# ---------------------------------------------------------------- GIF (GIF89a)

_GIF_KEPT_APPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
# Blocks are small and many: counting each of them would take longer than stepping over it.
_GIF_BLOCKS_AT_ONCE = 1000


def _gif(data: Buffer) -> Picture:
    width, height, flags = struct.unpack("<HHB", data[6:11])
    at = 13 + _gif_table(flags)
    parts: list[Part] = [_stretch(data, 0, at)]
    pieces, blocks = _Pieces(data), _Pieces(data, MOST_GIF_BLOCKS)
    while data[at] != 0x3B:
        pieces.count(at)
        start = at
        if data[at] == 0x2C:
            at = _gif_blocks(data, at + 11 + _gif_table(data[at + 9]), blocks)
            parts.append((start, at))
        elif data[at] == 0x21:
            label, beginning = data[at + 1], data[at + 3 : at + 14]
            at = _gif_blocks(data, at + 2, blocks)
            if label == 0xF9 or (label == 0xFF and beginning in _GIF_KEPT_APPS):
                parts.append((start, at))
        else:
            raise Damaged
    return Picture(width, height, [*parts, b"\x3b"])


def _gif_table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_blocks(data: Buffer, at: int, blocks: _Pieces) -> int:
    while True:
        for seen in range(_GIF_BLOCKS_AT_ONCE):
            size = data[at]
            if not size:
                blocks.count(at, seen)
                return at + 1
            at += size + 1
        blocks.count(at, _GIF_BLOCKS_AT_ONCE)


# ---------------------------------------------------------------- WebP (RFC 9649 §2)

_WEBP_KEPT = frozenset([b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"])
_WEBP_METADATA_FLAGS = 0x08 | 0x04  # Exif, XMP


def _webp(data: Buffer) -> Picture:
    end = 8 + int.from_bytes(data[4:8], "little")
    _stretch(data, 0, end)
    width = height = size = 0
    parts: list[Part] = []
    at = 12
    pieces = _Pieces(data)
    while at + 8 <= end:
        pieces.count(at)
        name, length = struct.unpack("<4sL", data[at : at + 8])
        chunk = _stretch(data, at, at + 8 + length)
        if not width:
            width, height = _webp_size(name, data[at + 8 : at + 18])
        if name in _WEBP_KEPT:
            flags = data[at + 8] & ~_WEBP_METADATA_FLAGS if length else 0
            parts += (
                [data[at : at + 8], bytes([flags]), (at + 9, chunk[1])]
                if (name == b"VP8X")
                else [chunk]
            )
            if length % 2:
                parts.append(b"\0")
            size += 8 + length + length % 2
        at = chunk[1] + length % 2
    return Picture(width, height, [b"RIFF", struct.pack("<L", size + 4), b"WEBP", *parts])


def _webp_size(name: bytes, body: bytes) -> tuple[int, int]:
    if name == b"VP8X":
        return (
            int.from_bytes(body[4:7], "little") + 1,
            int.from_bytes(body[7:10], "little") + 1,
        )
    if name == b"VP8L" and body[:1] == b"\x2f":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    raise Damaged


_READERS: dict[str, Callable[[Buffer], Picture]] = {
    "jpg": _jpeg,
    "png": _png,
    "gif": _gif,
    "webp": _webp,
}
