"""The server's side of Noise_XX_25519_AESGCM_SHA256, as WhatsApp's web clients speak it, with its certificates."""

import hashlib
import struct
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.whatsapp.crypto.keys import KeyPair, hkdf
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.protobufs import cert, wa6

_PATTERN: Final = b"Noise_XX_25519_AESGCM_SHA256\0\0\0\0"
_DAY: Final = 86_400
ROOT: Final = KeyPair(hashlib.sha256(b"the root of a WhatsApp that is not WhatsApp").digest())
"""Our stand-in for WhatsApp's root key; always the same one, so that any client knows any server of ours."""


def _nonce(count: int) -> bytes:
    return struct.pack(">8xI", count)


class Authority:
    """The certificates that the client checks against the root."""

    def __init__(self) -> None:
        self.static = KeyPair()
        self._intermediate = KeyPair()

    def chain(self) -> bytes:
        certificate = cert.CertChain.NoiseCertificate
        span = {"notBefore": now() - _DAY, "notAfter": now() + _DAY}
        details = certificate.Details
        middle = details(serial=1, issuerSerial=0, key=self._intermediate.public, **span).SerializeToString()
        leaf = details(serial=2, issuerSerial=1, key=self.static.public, **span).SerializeToString()
        chain: bytes = cert.CertChain(
            intermediate=certificate(details=middle, signature=ROOT.sign(middle)),
            leaf=certificate(details=leaf, signature=self._intermediate.sign(leaf)),
        ).SerializeToString()
        return chain


class Transport:
    """What seals stanzas after the handshake."""

    def __init__(self, read: bytes, write: bytes) -> None:
        self._read, self._write = AESGCM(read), AESGCM(write)
        self._were_read = self._were_written = 0

    def open(self, frame: bytes) -> bytes:
        plain = self._read.decrypt(_nonce(self._were_read), frame, None)
        self._were_read += 1
        return plain

    def seal(self, plain: bytes) -> bytes:
        sealed = self._write.encrypt(_nonce(self._were_written), plain, None)
        self._were_written += 1
        return sealed


class Handshake:
    """Three messages: their hello, our answer (`respond`), their login (`finish`)."""

    def __init__(self, greeting: bytes) -> None:
        self._hash = self._salt = _PATTERN
        self._key = AESGCM(_PATTERN)
        self._count = 0
        self._ours = KeyPair()
        self._mix(greeting)

    def respond(self, hello: bytes, authority: Authority) -> bytes:
        theirs = wa6.HandshakeMessage.FromString(hello).clientHello.ephemeral
        self._mix(theirs)
        self._mix(self._ours.public)
        self._mix_key(self._ours.agree(theirs))
        static = self._seal(authority.static.public)
        self._mix_key(authority.static.agree(theirs))
        answer = wa6.HandshakeMessage()
        answer.serverHello.ephemeral, answer.serverHello.static = self._ours.public, static
        answer.serverHello.payload = self._seal(authority.chain())
        said: bytes = answer.SerializeToString()
        return said

    def finish(self, login: bytes) -> tuple[Any, Transport]:
        """Who logs in (a ClientPayload), and the transport for all that follows."""
        last = wa6.HandshakeMessage.FromString(login).clientFinish
        self._mix_key(self._ours.agree(self._open(last.static)))
        payload = wa6.ClientPayload.FromString(self._open(last.payload))
        keys = hkdf(b"", 64, salt=self._salt)
        return payload, Transport(read=keys[:32], write=keys[32:])

    def _mix(self, data: bytes) -> None:
        self._hash = hashlib.sha256(self._hash + data).digest()

    def _mix_key(self, secret: bytes) -> None:
        keys = hkdf(secret, 64, salt=self._salt)
        self._salt, self._key, self._count = keys[:32], AESGCM(keys[32:]), 0

    def _seal(self, plain: bytes) -> bytes:
        sealed = self._key.encrypt(_nonce(self._count), plain, self._hash)
        self._count += 1
        self._mix(sealed)
        return sealed

    def _open(self, sealed: bytes) -> bytes:
        plain = self._key.decrypt(_nonce(self._count), sealed, self._hash)
        self._count += 1
        self._mix(sealed)
        return plain
