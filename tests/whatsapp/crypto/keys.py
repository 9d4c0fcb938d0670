"""Curve25519 keys as Signal uses them: X25519 agreement, and XEdDSA signatures.

A pair is born from an Ed25519 seed: signing is plain Ed25519, the X25519 key is the clamped half of the seed's SHA-512,
and the public key on the wire is the Montgomery form. Whoever verifies rebuilds the Edwards point from it and takes the
missing sign from bit 511 of the signature.
"""

import hashlib
import hmac
import os
from functools import cached_property
from typing import Any, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

_P: Final = 2**255 - 19
DJB: Final = b"\x05"
"""The type of a curve, before its public key."""


class KeyPair:
    """Never changes; `public` is 32 bytes."""

    def __init__(self, seed: bytes | None = None) -> None:
        self._seed = seed or os.urandom(32)
        self._agreeing = X25519PrivateKey.from_private_bytes(hashlib.sha512(self._seed).digest()[:32])
        self.public: Final[bytes] = self._agreeing.public_key().public_bytes_raw()

    def __deepcopy__(self, _: dict[int, Any]) -> Self:
        return self

    @cached_property
    def _signing(self) -> tuple[Ed25519PrivateKey, int]:
        key = Ed25519PrivateKey.from_private_bytes(self._seed)
        return key, key.public_key().public_bytes_raw()[31] & 0x80

    def agree(self, theirs: bytes) -> bytes:
        return self._agreeing.exchange(X25519PublicKey.from_public_bytes(theirs[-32:]))

    def sign(self, message: bytes) -> bytes:
        key, sign = self._signing
        signature = bytearray(key.sign(message))
        signature[63] |= sign
        return bytes(signature)


def verified(public: bytes, message: bytes, signature: bytes) -> bool:
    u = int.from_bytes(public[-32:], "little") % _P
    edwards = bytearray(((u - 1) * pow(u + 1, _P - 2, _P) % _P).to_bytes(32, "little"))
    edwards[31] |= signature[63] & 0x80
    plain = bytearray(signature)
    plain[63] &= 0x7F
    try:
        Ed25519PublicKey.from_public_bytes(bytes(edwards)).verify(bytes(plain), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def hkdf(secret: bytes, length: int, info: bytes = b"", salt: bytes = b"") -> bytes:
    key = hmac.digest(salt or bytes(32), secret, "sha256")
    out, block = b"", b""
    while len(out) < length:
        block = hmac.digest(key, block + info + bytes([len(out) // 32 + 1]), "sha256")
        out += block
    return out[:length]
