"""Linking with a phone number: what the handset computes from the eight characters that its owner types.

Each side sends the other a key of the moment, hidden by the code: salt, initial vector, and the key under AES in
counter mode with PBKDF2(code). The client then sends a bundle that only the same two keys open: a wrong code gives
other keys.
"""

import hashlib
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.whatsapp.crypto.keys import KeyPair, hkdf

_ROUNDS: Final = 2 << 16
_BUNDLE: Final = b"link_code_pairing_key_bundle_encryption_key"


class WrongCode(Exception):
    """The client shows another code than the one that was typed."""


class TypedCode:
    """One attempt. `hello` is the hidden key that the client sent, `identity` the handset's own."""

    def __init__(self, code: str, hello: bytes, identity: KeyPair) -> None:
        self._code = code.replace("-", "").upper()
        self._identity = identity
        self._moment = KeyPair()
        self._theirs = self._hide(hello[:48], hello[48:80])

    def answer(self) -> bytes:
        """The handset's hidden key."""
        salt = os.urandom(48)
        return salt + self._hide(salt, self._moment.public)

    def secret(self, bundle: bytes, client: bytes) -> bytes:
        """What the pairing is sealed with; `client` is the client's identity. Raises WrongCode."""
        shared = self._moment.agree(self._theirs)
        try:
            plain = AESGCM(hkdf(shared, 32, _BUNDLE, bundle[:32])).decrypt(bundle[32:44], bundle[44:], None)
        except InvalidTag:
            raise WrongCode("the client shows another code") from None
        if plain[:64] != client[-32:] + self._identity.public:
            raise ValueError("the client's bundle holds other identities than those that spoke")
        return hkdf(shared + self._identity.agree(client) + plain[64:], 32, b"adv_secret")

    def _hide(self, salt: bytes, key: bytes) -> bytes:
        secret = hashlib.pbkdf2_hmac("sha256", self._code.encode(), salt[:32], _ROUNDS, 32)
        stream = Cipher(algorithms.AES(secret), modes.CTR(salt[32:48])).encryptor()
        return stream.update(key) + stream.finalize()
