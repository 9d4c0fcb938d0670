"""How large a picture is, and a small one to show until the customer has downloaded it."""

from io import BytesIO
from typing import Final, NamedTuple

_EDGE: Final = 100
"""Pixels of a thumbnail's longer side: a few kB, since it travels in the message."""
_MOST: Final = 40_000_000
"""Pixels; a picture with more would take hundreds of MB to make small."""


class Look(NamedTuple):
    """In pixels, as it is shown; zeros and no thumbnail (a JPEG) for one that could not be read."""

    width: int = 0
    height: int = 0
    thumbnail: bytes = b""


def look(content: bytes) -> Look:
    """Blocking: to be called in a thread. Never raises: WhatsApp shows a picture without these as well."""
    try:
        from PIL import Image, ImageOps  # comes with neonize; 60 ms, which only tenants who send pictures need

        with Image.open(BytesIO(content)) as picture:
            turned = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)  # a phone's photo may lie on its side
            width, height = reversed(picture.size) if turned else picture.size
            if width * height > _MOST:
                return Look(width, height)
            picture.draft("RGB", (_EDGE * 2, _EDGE * 2))
            picture.thumbnail((_EDGE, _EDGE))
            small = BytesIO()
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
            plain = Image.new("RGB", upright.size, "white")
            plain.paste(upright, mask=upright.getchannel("A"))
            plain.save(small, format="JPEG", quality=60)
            return Look(width, height, small.getvalue())
    except Exception:  # of a damaged file, any
        return Look()
