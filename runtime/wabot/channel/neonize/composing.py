"""Our values as the library's messages: the counterpart of `content`. Pure: value in, protobuf out."""

from dataclasses import dataclass
from typing import Any, Literal

from wabot.channel.neonize.pictures import Look
from wabot.model.turn import Quoted


@dataclass(frozen=True, slots=True)
class Uploaded:
    """Where WhatsApp keeps an encrypted file, and what opens it."""

    url: str
    path: str
    key: bytes
    hash: bytes
    encrypted_hash: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that is ready to go out with a message."""

    kind: Literal["image", "document"]
    name: str
    mime: str
    uploaded: Uploaded
    look: Look


def quoting(quoted: Quoted, author: str) -> Any:
    """What a message bears that replies to another one, written by `author` (a whole address)."""
    e2e = _e2e()
    return e2e.ContextInfo(stanzaID=quoted.id, participant=author, quotedMessage=e2e.Message(conversation=quoted.text))


def text_message(text: str, context: Any = None) -> Any:
    """A whole protobuf, because the library would look for mentions and groups in a plain string."""
    e2e = _e2e()
    if context is None:
        return e2e.Message(conversation=text)
    return e2e.Message(extendedTextMessage=e2e.ExtendedTextMessage(text=text, contextInfo=context))


def file_message(file: Enclosure, caption: str, context: Any = None) -> Any:
    """A picture, or a document under its name; with or without a caption."""
    e2e, stored = _e2e(), file.uploaded
    common: dict[str, Any] = {
        "URL": stored.url,
        "directPath": stored.path,
        "mediaKey": stored.key,
        "fileSHA256": stored.hash,
        "fileEncSHA256": stored.encrypted_hash,
        "fileLength": stored.size,
        "mimetype": file.mime,
    }
    if caption:
        common["caption"] = caption
    if context is not None:
        common["contextInfo"] = context
    if file.kind == "document":
        document = e2e.DocumentMessage(fileName=file.name, title=file.name, **common)
        return e2e.Message(documentMessage=document)
    picture = e2e.ImageMessage(**common)
    if file.look.width:
        picture.width, picture.height = file.look.width, file.look.height
    if file.look.thumbnail:
        picture.JPEGThumbnail = file.look.thumbnail
    return e2e.Message(imageMessage=picture)


def _e2e() -> Any:
    from neonize.proto.waE2E import WAWebProtobufsE2E_pb2

    return WAWebProtobufsE2E_pb2
