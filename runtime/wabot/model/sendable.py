"""Files that people send to customers: which are taken, told by what is in them, and what they are called then.

A file goes to customers' phones under the shop's name, so only kinds on a list are taken: nothing that a phone, a
computer or a browser would run.
"""

import re
import unicodedata
from pathlib import PurePath
from typing import Final, NamedTuple

from wabot.model.media import OFFICE, kind_of

ENOUGH: Final = 512
"""Bytes of a file's beginning that tell what it is."""
_ENDINGS: Final = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/heic": ("heic",),
    "application/pdf": ("pdf",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a",),
    "video/3gpp": ("3gp",),
    "video/mp4": ("mp4",),
}
"""Kinds that their first bytes tell; the first ending is theirs, the others may stay."""
_IN_ZIP: Final = {
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "pptx": f"{OFFICE}presentationml.presentation",
    "zip": "application/zip",
}
_IN_OLE: Final = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}
_TEXT: Final = {"txt": "text/plain", "csv": "text/csv"}
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ACCEPTED: Final = "JPEG, PNG, GIF, WebP, HEIC, PDF, MP3, OGG, M4A, MP4, 3GP, Office documents, ZIP, TXT and CSV"
"""What is taken, for people."""
_NOT_IN_TEXT: Final = frozenset(range(32)) - frozenset(b"\t\n\r\f") | {127}
_NOT_IN_NAMES: Final = re.compile(
    '[\x00-\x1f\x7f-\x9f<>:"|?*\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]'
)
"""Controls, what turns the direction of writing or is not seen, and what some system does not take in a file's name."""
_LONGEST: Final = 100
"""Bytes of a name without its ending."""

MIMES: Final = {
    **{ending: mime for mime, endings in _ENDINGS.items() for ending in endings},
    **_IN_ZIP,
    **_IN_OLE,
    **_TEXT,
}
"""Ending → type, of every file that is kept for anybody."""


class Kind(NamedTuple):
    """What a file is; `ending` is one of a fixed list, without the dot."""

    mime: str
    ending: str


def kind(head: bytes, name: str, *, text: bool) -> Kind | None:
    """What a file is that begins so (`ENOUGH` bytes of it); None when it is not taken. `name` decides only where its
    beginning leaves it open, and only among what it can be. `text`: there is no NUL in all of it."""
    named = PurePath(name.replace("\\", "/")).suffix.lower().removeprefix(".")
    if mime := kind_of(head):
        endings = _ENDINGS[mime]
        return Kind(mime, named if named in endings else endings[0])
    if head.startswith(b"PK\x03\x04"):
        return _of(_IN_ZIP, named)
    if head.startswith(_OLE):
        return _of(_IN_OLE, named)
    words = text and head and _NOT_IN_TEXT.isdisjoint(head)
    if words and not head.lstrip(b"\xef\xbb\xbf \t\r\n\f").startswith((b"<", b"#!", b"MZ", b"%!")):
        return _of(_TEXT, named)
    return None


def _of(kinds: dict[str, str], ending: str) -> Kind | None:
    return Kind(kinds[ending], ending) if ending in kinds else None


def clean_name(name: str, ending: str) -> str:
    """A name for a file that customers see, and that is safe in a folder: the last part of `name`, with the ending
    that its content has."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = " ".join(_NOT_IN_NAMES.sub("", last).split())
    stem, dot, suffix = visible.rpartition(".")
    if not dot or suffix.lower() not in MIMES:
        stem = visible
    stem = stem.encode("utf-8")[:_LONGEST].decode("utf-8", "ignore").strip(" .")
    return f"{stem or 'file'}.{ending}"
