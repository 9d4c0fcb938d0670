"""Signal sessions between two devices: X3DH to begin one, and ratchets old and new."""

import os
from typing import Final

from tests.whatsapp.crypto.fields import Fields, pack
from tests.whatsapp.crypto.identity import Bundle, Identity
from tests.whatsapp.crypto.keys import DJB, KeyPair, hkdf
from tests.whatsapp.crypto.ratchet import VERSION, Chain, DuplicateMessage, Ratchet, SignalError

_MOST_OLD: Final = 10


class Session:
    """With one other device. Both may begin one at once: older ratchets stay readable."""

    def __init__(self, local: Identity) -> None:
        self._local = local
        self._ratchets: list[Ratchet] = []

    @property
    def open(self) -> bool:
        return bool(self._ratchets)

    def forget(self) -> None:
        """Make as if we had never written to each other."""
        self._ratchets.clear()

    def begin(self, theirs: Bundle) -> None:
        ours, base, pair = self._local.pair, KeyPair(), KeyPair()
        secret = bytes([255]) * 32 + ours.agree(theirs.signed) + base.agree(theirs.identity) + base.agree(theirs.signed)
        if theirs.once:
            secret += base.agree(theirs.once)
        out = hkdf(secret, 64, b"WhisperText")
        ratchet = Ratchet(ours.public, theirs.identity, out[:32], pair, base=base.public)
        ratchet.receiving = [(theirs.signed, Chain(out[32:]))]
        ratchet.sending = ratchet.advance(theirs.signed, pair)
        self._ratchets.insert(0, ratchet)
        ratchet.opening = {} if theirs.once_id is None else {1: theirs.once_id}
        ratchet.opening |= {2: DJB + base.public, 3: DJB + ours.public}
        ratchet.opening |= {5: self._local.registration, 6: theirs.signed_id}

    def encrypt(self, plain: bytes) -> tuple[str, bytes]:
        """The kind of the message ("msg", or "pkmsg" while the session is new) and the sealed message."""
        ratchet = self._ratchets[0]
        body = ratchet.encrypt(plain)
        if not ratchet.opening:
            return "msg", body
        return "pkmsg", VERSION + pack(dict(sorted({**ratchet.opening, 4: body}.items())))

    def decrypt(self, kind: str, data: bytes) -> bytes:
        """Raises SignalError."""
        if kind == "pkmsg":
            data = self._unwrap(data)
        error = SignalError("there is no session with this device")
        for ratchet in self._ratchets:
            try:
                plain = ratchet.decrypt(data)
            except DuplicateMessage:
                raise
            except SignalError as failed:
                error = failed
                continue
            self._ratchets.remove(ratchet)
            self._ratchets.insert(0, ratchet)
            del self._ratchets[_MOST_OLD:]
            return plain
        raise error

    def _unwrap(self, data: bytes) -> bytes:
        """The message in one that opens a session, which is accepted if it is new."""
        try:
            outer = Fields(data[1:])
            base, inner = outer.bytes[2][-32:], outer.bytes[4]
        except (ValueError, KeyError) as error:
            raise SignalError(f"this opens no session: {error}") from None
        if all(ratchet.base != base for ratchet in self._ratchets):
            self._accept(outer)
        return inner

    def _accept(self, outer: Fields) -> None:
        if outer.numbers.get(6) != self._local.signed_id:
            raise SignalError("the message names a signed key that is not ours")
        ours, signed = self._local.pair, self._local.signed
        identity, base = outer.bytes[3][-32:], outer.bytes[2][-32:]
        secret = bytes([255]) * 32 + signed.agree(identity) + ours.agree(base) + signed.agree(base)
        if 1 in outer.numbers:
            once = self._local.once.pop(outer.numbers[1], None)
            if once is None:
                raise SignalError(f"the one-time key {outer.numbers[1]} was used before, or never ours")
            secret += once.agree(base)
        out = hkdf(secret, 64, b"WhisperText")
        ratchet = Ratchet(ours.public, identity, out[:32], signed, Chain(out[32:]), base=base)
        self._ratchets.insert(0, ratchet)


def padded(plain: bytes) -> bytes:
    """WhatsApp hides the length of a message by 1 to 15 bytes."""
    size = os.urandom(1)[0] & 15 or 15
    return plain + bytes([size]) * size


def unpadded(plain: bytes) -> bytes:
    return plain[: -plain[-1]]
