"""What kind of message a file goes out as, and what WhatsApp takes; which file of a customer's is wanted."""

from pathlib import PurePath
from typing import Final, Literal

from wabot.model.message import Attachment
from wabot.model.value import value

Sent = Literal["image", "document"]

_PICTURES: Final = frozenset({".jpg", ".jpeg", ".png"})
LARGEST: Final[dict[Sent, int]] = {"image": 16_000_000, "document": 100_000_000}
"""Bytes. WhatsApp takes pictures up to 16 MB and documents up to 2 GB; a document stands in memory three times while
it goes out, and a customer pays for what they download."""
HEAD: Final = 16
"""Bytes of a file that tell its kind."""
_JPEG: Final = b"\xff\xd8\xff"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_IN_ZIP: Final = {
    ".docx": f"{OFFICE}wordprocessingml.document",
    ".xlsx": f"{OFFICE}spreadsheetml.sheet",
    ".pptx": f"{OFFICE}presentationml.presentation",
    ".apk": "application/vnd.android.package-archive",
    ".epub": "application/epub+zip",
}
_MAGIC: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, _JPEG, "image/jpeg"),
    (0, _PNG, "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyphei", "image/heic"),
    (4, b"ftypmif", "image/heic"),
    (4, b"ftyp3g", "video/3gpp"),
    (4, b"ftyp", "video/mp4"),
)


def media_type(name: str) -> Sent:
    """By the file's ending: WhatsApp shows JPEG and PNG in the chat, anything else is a document to be opened."""
    return "image" if PurePath(name).suffix.lower() in _PICTURES else "document"


def is_picture(head: bytes) -> bool:
    """Whether a file that begins so is a JPEG or PNG, whatever it is called."""
    return head.startswith((_JPEG, _PNG))


def kind_of(head: bytes) -> str:
    """A file's MIME type by its first bytes (`HEAD` of them), "" where they leave it open."""
    return next((found for at, begin, found in _MAGIC if head[at : at + len(begin)] == begin), "")


def mime_type(name: str, head: bytes) -> str:
    """What a file is by its first bytes, and where they leave it open by its name."""
    if found := kind_of(head):
        return found
    ending = PurePath(name).suffix.lower()
    if head.startswith(b"PK\x03\x04"):
        return _IN_ZIP.get(ending, "application/zip")
    import mimetypes  # whoever sends no file needs none of it

    # Without the machine's own tables, which differ from one to the next.
    return mimetypes.MimeTypes().guess_type(f"x{ending}")[0] or "application/octet-stream"


def unsendable(name: str, size: int) -> str:
    """Why WhatsApp does not take a file of so many bytes, as the end of a sentence; "" when it does."""
    if not size:
        return "is empty"
    kind = media_type(name)
    if size <= LARGEST[kind]:
        return ""
    most = f"{LARGEST[kind] // 1_000_000} MB"
    return f"has {size / 1_000_000:.1f} MB; a {'picture' if kind == 'image' else kind} may have {most}"


@value
class WantedFile:
    """A file that came with a message and is not downloaded yet. `id` is the store's id of the message, `type` its
    kind, `tries` how often a download failed."""

    id: str
    type: str
    media: Attachment
    tries: int = 0
