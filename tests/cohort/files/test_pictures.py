"""Pictures lose what cameras write beside them, and nothing else."""

import io
import time

import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageOps

from cohort.files import check_upload
from cohort.files.types import FileRefused
from tests import made_files as made


def kept(data: bytes) -> bytes:
    return check_upload(ContentFile(data, "picture")).file.read()


def pixels(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).convert("RGBA").tobytes()


@pytest.mark.parametrize(
    "data",
    [
        made.photo("JPEG"),
        made.photo("WEBP"),
        made.png_with_words(),
        made.animated_gif(),
        made.animated_webp(),
    ],
    ids=["jpeg", "webp", "png", "gif", "moving webp"],
)
def test_place_and_camera_are_removed_and_every_pixel_stays(data):
    assert b"SpyCam" in data

    clean = kept(data)

    assert b"SpyCam" not in clean
    picture = Image.open(io.BytesIO(clean))
    assert dict(picture.getexif()) == {}
    assert picture.info.get("xmp") is None
    assert pixels(clean) == pixels(data)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stays_upright(orientation):
    data = made.photo("JPEG", orientation)

    def upright(photo: bytes) -> bytes:
        return ImageOps.exif_transpose(Image.open(io.BytesIO(photo))).tobytes()

    clean = kept(data)
    assert set(Image.open(io.BytesIO(clean)).getexif()) <= {0x0112}
    assert upright(clean) == upright(data)


@pytest.mark.parametrize(
    "data", [made.photo("JPEG"), made.photo("WEBP"), made.png_with_words(), made.animated_gif()]
)
def test_what_follows_a_picture_is_dropped(data):
    assert kept(data + b"<script>alert(1)</script>") == kept(data)


def test_moving_pictures_keep_moving():
    assert Image.open(io.BytesIO(kept(made.animated_gif()))).n_frames == 3
    assert Image.open(io.BytesIO(kept(made.animated_webp()))).n_frames == 3


def test_colors_and_resolution_are_kept():
    assert Image.open(io.BytesIO(kept(made.png_with_words()))).info["dpi"] == pytest.approx(
        (72, 72), abs=0.1
    )


def test_a_progressive_photo_with_many_scans_is_kept_whole():
    out = io.BytesIO()
    Image.effect_noise((200, 150), 90).convert("RGB").save(out, "JPEG", progressive=True)
    assert pixels(kept(out.getvalue())) == pixels(out.getvalue())


TINY_GIF_BLOCKS = b"\x21\xfe" + b"\x01x" * 8_000_000 + b"\x00\x3b"


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\0" * 9 + b"\xff\xe1\x00\x02" * 5_000_000,
        b"\xff\xd8" + (b"\xff\xe1\x00\x08Exif\0\0" * 2_000_000),
        b"\x89PNG\r\n\x1a\n" + b"\0\0\0\x0dIHDR" + b"\0\0\0\1" * 2 + b"\x08\0\0\0\0" + b"\0" * 4
        + b"\0\0\0\0tEXt\0\0\0\0" * 1_500_000,
        b"GIF89a\1\0\1\0\0\0\0" + TINY_GIF_BLOCKS,
        b"GIF89a\1\0\1\0\0\0\0" + b"\x21\xfe\x00" * 6_000_000,
        b"RIFF" + (4 + 8 * 2_000_000).to_bytes(4, "little") + b"WEBP"
        + b"VP8X\x0a\0\0\0" + b"\0" * 10 + b"EXIF\0\0\0\0" * 2_000_000,
    ],
    ids=["jpeg", "jpeg of Exif", "png", "gif in blocks", "gif in extensions", "webp"],
)  # fmt: skip
def test_a_picture_in_very_many_pieces_is_refused_at_once(data):
    begun = time.process_time()
    with pytest.raises(FileRefused, match="far too many pieces"):
        check_upload(ContentFile(data, "picture"))
    assert time.process_time() - begun < 1


def test_filling_between_segments_takes_no_time():
    photo = made.photo("JPEG")
    begun = time.process_time()
    assert pixels(kept(photo[:2] + b"\xff" * 20_000_000 + photo[2:])) == pixels(photo)
    assert time.process_time() - begun < 1
