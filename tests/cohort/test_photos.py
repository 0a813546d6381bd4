import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from cohort.photos import MAX_BYTES, make_portrait


def picture(size=(1200, 800), kind="JPEG", **options) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    out.seek(0)
    return out


def test_make_portrait_cuts_a_small_square_without_metadata():
    exif = Image.Exif()
    exif[0x010F] = "Camera of Mia"
    exif.get_ifd(0x8825)[1] = "N"

    portrait = Image.open(make_portrait(picture(exif=exif)))

    assert (portrait.format, portrait.size) == ("WEBP", (512, 512))
    assert not portrait.getexif()
    assert b"Camera of Mia" not in make_portrait(picture(exif=exif)).read()


def test_make_portrait_does_not_blow_up_a_small_picture():
    assert Image.open(make_portrait(picture((90, 60), "PNG"))).size == (60, 60)


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (io.BytesIO(b"<svg onload=alert(1)>"), "not a picture we can read"),
        (io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "not a picture we can read"),
        (picture(kind="GIF"), "not a picture we can read"),
        (io.BytesIO(b"\0" * (MAX_BYTES + 1)), "larger than 10 MB"),
        (picture((8000, 7000), "PNG"), "too many pixels"),
    ],
)
def test_make_portrait_refuses_in_words(upload, words):
    upload.seek(0)
    with pytest.raises(ValidationError, match=words):
        make_portrait(upload)
