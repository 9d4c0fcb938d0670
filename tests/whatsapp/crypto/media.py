"""Files as WhatsApp seals them: AES-CBC with a cut MAC, under a key that travels in the message."""

import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import Final

from tests.whatsapp.crypto import cbc
from tests.whatsapp.crypto.keys import hkdf

_MAC: Final = 10
PURPOSES: Final = {
    "image": b"WhatsApp Image Keys",
    "sticker": b"WhatsApp Image Keys",
    "video": b"WhatsApp Video Keys",
    "audio": b"WhatsApp Audio Keys",
    "document": b"WhatsApp Document Keys",
    "history": b"WhatsApp History Keys",
    "app-state": b"WhatsApp App State Keys",
}
"""What a key is for, by kind of file: a key of one kind opens no other."""


class WrongFile(ValueError):
    """The file is not what its sender sealed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file for the media host, and what the message must say of it."""

    blob: bytes
    key: bytes
    sha256: bytes
    sealed_sha256: bytes
    size: int


def _keys(key: bytes, kind: str) -> tuple[bytes, bytes, bytes]:
    out = hkdf(key, 112, PURPOSES[kind])
    return out[:16], out[16:48], out[48:80]


def seal(plain: bytes, kind: str) -> Sealed:
    key = os.urandom(32)
    iv, cipher, mac = _keys(key, kind)
    body = cbc.encrypt(cipher, iv, plain)
    blob = body + hmac.digest(mac, iv + body, "sha256")[:_MAC]
    return Sealed(blob, key, hashlib.sha256(plain).digest(), hashlib.sha256(blob).digest(), len(plain))


def unseal(blob: bytes, key: bytes, kind: str) -> bytes:
    """Raises WrongFile."""
    iv, cipher, mac = _keys(key, kind)
    body = blob[:-_MAC]
    if not hmac.compare_digest(hmac.digest(mac, iv + body, "sha256")[:_MAC], blob[-_MAC:]):
        raise WrongFile(f"this is no {kind} under this key")
    return cbc.decrypt(cipher, iv, body)
