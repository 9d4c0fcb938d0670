"""Signal's double ratchet (version 3): one root key, our sending chain, and their receiving chains."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Final

from tests.whatsapp.crypto import cbc
from tests.whatsapp.crypto.fields import Fields, pack
from tests.whatsapp.crypto.keys import DJB, KeyPair, hkdf

VERSION: Final = b"\x33"
_MOST_SKIPPED: Final = 2000
_MOST_CHAINS: Final = 40
_MAC: Final = 8


class SignalError(Exception):
    """A message that cannot be read."""


class DuplicateMessage(SignalError):
    """The key of this message was used already."""


@dataclass
class Chain:
    key: bytes
    index: int = 0
    skipped: dict[int, bytes] = field(default_factory=dict)

    def step(self) -> bytes:
        seed = hmac.digest(self.key, b"\x01", "sha256")
        self.key = hmac.digest(self.key, b"\x02", "sha256")
        self.index += 1
        return seed


@dataclass
class Ratchet:
    """`ours` and `theirs` are the identities; `pair` is our current ratchet key. `base` tells sessions apart.
    `opening` is what each message bears beside itself until the other side has answered."""

    ours: bytes
    theirs: bytes
    root: bytes
    pair: KeyPair
    sending: Chain | None = None
    receiving: list[tuple[bytes, Chain]] = field(default_factory=list)
    previous: int = 0
    base: bytes = b""
    opening: dict[int, int | bytes] = field(default_factory=dict)

    def advance(self, theirs: bytes, ours: KeyPair) -> Chain:
        out = hkdf(ours.agree(theirs), 64, b"WhisperRatchet", self.root)
        self.root = out[:32]
        return Chain(out[32:])

    def encrypt(self, plain: bytes) -> bytes:
        if self.sending is None:
            raise SignalError("this session cannot send")
        counter = self.sending.index
        keys = hkdf(self.sending.step(), 80, b"WhisperMessageKeys")
        fields: dict[int, int | bytes] = {1: DJB + self.pair.public, 2: counter, 3: self.previous}
        body = VERSION + pack({**fields, 4: cbc.encrypt(keys[:32], keys[64:], plain)})
        return body + self._mac(keys, self.ours, self.theirs, body)

    def decrypt(self, data: bytes) -> bytes:
        """Raises SignalError; then nothing has changed."""
        body, mac = data[:-_MAC], data[-_MAC:]
        try:
            message = Fields(body[1:])
            theirs, counter, sealed = message.bytes[1][-32:], message.numbers.get(2, 0), message.bytes[4]
        except (ValueError, KeyError) as error:
            raise SignalError(f"this is no message: {error}") from None
        chain = next((chain for key, chain in self.receiving if key == theirs), None)
        before, fresh = self.root, chain is None
        if chain is None:
            chain = self.advance(theirs, self.pair)
        try:
            seed, trial, walked = self._seed(chain, counter)
            keys = hkdf(seed, 80, b"WhisperMessageKeys")
            if not hmac.compare_digest(self._mac(keys, self.theirs, self.ours, body), mac):
                raise SignalError("the message is not what its sender sealed")
            plain = cbc.decrypt(keys[:32], keys[64:], sealed)
        except (SignalError, ValueError) as error:
            self.root = before
            raise error if isinstance(error, SignalError) else SignalError(str(error)) from None
        if trial is None:
            del chain.skipped[counter]
        else:
            chain.key, chain.index = trial.key, trial.index
            chain.skipped.update(walked)
        if fresh:
            self.receiving = [*self.receiving[-_MOST_CHAINS:], (theirs, chain)]
            self.previous = max(self.sending.index - 1, 0) if self.sending else 0
            self.pair = KeyPair()
            self.sending = self.advance(theirs, self.pair)
        self.opening = {}
        return plain

    @staticmethod
    def _seed(chain: Chain, counter: int) -> tuple[bytes, Chain | None, dict[int, bytes]]:
        """The key of this message, the chain after it (None when the key was kept), and the keys passed over."""
        if kept := chain.skipped.get(counter):
            return kept, None, {}
        if counter < chain.index:
            raise DuplicateMessage(f"message {counter} was read before")
        if counter - chain.index > _MOST_SKIPPED:
            raise SignalError("too far in the future")
        trial, walked = Chain(chain.key, chain.index), {}
        while trial.index < counter:
            at = trial.index
            walked[at] = trial.step()
        return trial.step(), trial, walked

    @staticmethod
    def _mac(keys: bytes, sender: bytes, receiver: bytes, body: bytes) -> bytes:
        return hmac.digest(keys[32:64], DJB + sender + DJB + receiver + body, "sha256")[:_MAC]
