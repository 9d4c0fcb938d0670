"""What only those can read who have the message that it is about: votes in a poll, edits of the newer kind."""

import os
from typing import Literal

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.whatsapp.crypto.keys import hkdf
from tests.whatsapp.wire.jid import JID

Use = Literal["Poll Vote", "Message Edit"]


def seal(use: Use, secret: bytes, about: str, author: JID, by: JID, plain: bytes) -> tuple[bytes, bytes]:
    """Vector and sealed content. `secret` came with the message `about`, which `author` wrote."""
    author, by = author.bare(), by.bare()
    key = hkdf(secret, 32, f"{about}{author}{by}{use}".encode())
    bound = f"{about}\0{by}".encode() if use == "Poll Vote" else None
    vector = os.urandom(12)
    return vector, AESGCM(key).encrypt(vector, plain, bound)
