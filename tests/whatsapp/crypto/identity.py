"""A device's long-lived keys, and what it publishes so that others can write to it."""

import os
from dataclasses import dataclass, field

from tests.whatsapp.crypto.keys import DJB, KeyPair


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one needs to begin a Signal session with a device."""

    registration: int
    identity: bytes
    signed_id: int
    signed: bytes
    signature: bytes
    once_id: int | None = None
    once: bytes = b""


def _registration() -> int:
    return int.from_bytes(os.urandom(2), "big") & 0x3FFF | 1


@dataclass
class Identity:
    """A device that we play. `once` holds its one-time keys that wait to be used."""

    pair: KeyPair = field(default_factory=KeyPair)
    registration: int = field(default_factory=_registration)
    signed_id: int = 1
    signed: KeyPair = field(default_factory=KeyPair)
    once: dict[int, KeyPair] = field(default_factory=dict)
    handed_out: int = 0

    def __post_init__(self) -> None:
        self._signature = self.pair.sign(DJB + self.signed.public)

    def bundle(self) -> Bundle:
        """A new bundle, with a one-time key of its own."""
        self.handed_out += 1
        pair = self.once[self.handed_out] = KeyPair()
        return Bundle(
            self.registration,
            self.pair.public,
            self.signed_id,
            self.signed.public,
            self._signature,
            self.handed_out,
            pair.public,
        )
