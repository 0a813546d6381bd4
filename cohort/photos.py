"""Portraits: whatever was uploaded becomes one small, square picture without its metadata."""

import io
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

SIDE = 512
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


def make_portrait(upload: IO[bytes]) -> "ContentFile":
    """The upload's picture as WebP, at most 512 px square, upright, without place or camera.

    Raises ValidationError, in words, for what is no picture, too large, or a bomb.
    """
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValidationError(_("This picture is larger than 10 MB. Please choose a smaller one."))
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            # The header tells the size; nothing is unpacked before it is known to be bearable.
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError(
                    _("This picture has too many pixels. Please choose a smaller one.")
                )
            picture.draft("RGB", (SIDE * 2, SIDE * 2))
            return ContentFile(_encode(_square(picture)))
    except ValidationError:
        raise
    except Exception as error:  # Pillow's decoders raise nearly anything on broken files
        raise ValidationError(
            _("This is not a picture we can read. Please choose a JPEG, PNG or WebP file.")
        ) from error


def _square(picture: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    side = min(SIDE, *upright.size)
    cut = ImageOps.fit(upright, (side, side), Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    paper = Image.new("RGB", cut.size, "white")
    paper.paste(cut, mask=cut.getchannel("A"))
    return paper


def _encode(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=84, method=4)
    return out.getvalue()
