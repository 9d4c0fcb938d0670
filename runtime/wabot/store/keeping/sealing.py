"""The one file that holds a tenant's WhatsApp identity encrypted: AES-256-GCM, bound to the tenant.

    offset  bytes
    0       8     wabotkey
    8       1     1, the version of this format
    9       8     when it was made, UTC milliseconds, big-endian
    17      8     which key: the first bytes of HMAC-SHA256(key, "wabot keys.backup")
    25      2     length of the tenant's name, big-endian
    27      n     the tenant's name, UTF-8
    27+n    12    nonce, random
    39+n    …     ciphertext of the zlib-compressed content, and its tag of 16 bytes

Everything before the ciphertext is its associated data, so that no bit of the file can be changed, nor the file be
taken for another tenant's.
"""

import base64
import binascii
import hashlib
import hmac
import os
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from wabot.model.errors import BackupError

KEY_BYTES: Final = 32
_MAGIC: Final = b"wabotkey"
_VERSION: Final = 1
_HEAD: Final = struct.Struct(">8sBQ8sH")
_NONCE: Final = 12
_TAG: Final = 16
_LONGEST_NAME: Final = 1_000
MAKE_ONE: Final = "`openssl rand -base64 32` makes one"


@dataclass(frozen=True, slots=True)
class Opened:
    """`made_at` is UTC milliseconds."""

    made_at: int
    content: bytes


def key_from(text: str) -> bytes:
    """The key that a setting's text stands for: 32 bytes as base64 (43 or 44 characters) or hexadecimal (64), or 32
    characters that are taken as they are, as the original design writes it.

    Raises:
        ValueError: it is none of these; the text follows the setting's name, and shows nothing of the key.
    """
    if len(text) == 2 * KEY_BYTES:
        try:
            return bytes.fromhex(text)
        except ValueError:
            pass
    if len(text.encode()) == KEY_BYTES:
        return text.encode()
    try:
        key = base64.b64decode(text.rstrip("=").replace("-", "+").replace("_", "/") + "=", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"must be {KEY_BYTES} bytes, as base64; {MAKE_ONE}")
    return key


def seal(content: bytes, key: bytes, tenant: str, at: int) -> bytes:
    """The file that holds `content` of `tenant`, made at `at` (UTC milliseconds)."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    name = tenant.encode()
    nonce = os.urandom(_NONCE)
    head = _HEAD.pack(_MAGIC, _VERSION, at, _which(key), len(name)) + name + nonce
    return head + AESGCM(key).encrypt(nonce, zlib.compress(content), head)


def unseal(file: bytes, key: bytes, tenant: str) -> Opened:
    """What `seal` was given.

    Raises:
        BackupError: the file is another tenant's, was made with another key, was changed or cut, or is none.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    made_at, which, named, end = _head(file)
    if named != tenant:
        raise BackupError(f"it is of the tenant {named!r}, not of {tenant!r}")
    if not hmac.compare_digest(which, _which(key)):
        raise BackupError("it was made with another key than WHATSAPP_ENCRYPTION_KEY is now")
    head, body = file[:end], file[end:]
    try:
        content = zlib.decompress(AESGCM(key).decrypt(head[-_NONCE:], body, head))
    except InvalidTag:
        raise BackupError("it was changed or cut short after it was made: take another copy of it") from None
    return Opened(made_at, content)


def made_at(file: bytes) -> int:
    """When a file says it was made, UTC milliseconds; only `unseal` proves it.

    Raises:
        BackupError: it is no such file.
    """
    return _head(file)[0]


def _head(file: bytes) -> tuple[int, bytes, str, int]:
    """When it was made, with which key, whose it is, and where the ciphertext begins."""
    if not file.startswith(_MAGIC):
        raise BackupError("it is no encrypted backup of WhatsApp keys, or it is damaged")
    if len(file) < _HEAD.size:
        raise BackupError("it was cut short: take another copy of it")
    _, version, at, which, length = _HEAD.unpack_from(file)
    if version != _VERSION:
        raise BackupError(f"it is of a newer wabot (format {version}); restore it with that version")
    end = _HEAD.size + length + _NONCE
    if length > _LONGEST_NAME or len(file) < end + _TAG:
        raise BackupError("it was cut short, or is damaged: take another copy of it")
    try:
        return at, which, file[_HEAD.size : _HEAD.size + length].decode(), end
    except UnicodeDecodeError:
        raise BackupError("it is damaged: take another copy of it") from None


def _which(key: bytes) -> bytes:
    return hmac.digest(key, b"wabot keys.backup", hashlib.sha256)[:8]
