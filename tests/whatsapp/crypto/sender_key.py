"""Signal's sender keys: somebody writes once, and everybody in a group reads it."""

import hmac
import os
from dataclasses import dataclass, field

from tests.whatsapp.crypto import cbc
from tests.whatsapp.crypto.fields import pack
from tests.whatsapp.crypto.keys import DJB, KeyPair, hkdf
from tests.whatsapp.crypto.ratchet import VERSION


def _id() -> int:
    return int.from_bytes(os.urandom(4), "big") >> 1


@dataclass
class SenderKey:
    """One person's, for one group or for what they post as their status."""

    id: int = field(default_factory=_id)
    chain: bytes = field(default_factory=lambda: os.urandom(32))
    signing: KeyPair = field(default_factory=KeyPair)
    counter: int = 0

    def distribution(self) -> bytes:
        """Whoever has this reads all that is sealed from now on."""
        return VERSION + pack({1: self.id, 2: self.counter, 3: self.chain, 4: DJB + self.signing.public})

    def seal(self, plain: bytes) -> bytes:
        keys = hkdf(hmac.digest(self.chain, b"\x01", "sha256"), 48, b"WhisperGroup")
        sealed = cbc.encrypt(keys[16:], keys[:16], plain)
        body = VERSION + pack({1: self.id, 2: self.counter, 3: sealed})
        self.chain = hmac.digest(self.chain, b"\x02", "sha256")
        self.counter += 1
        return body + self.signing.sign(body)
