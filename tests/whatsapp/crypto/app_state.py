"""The settings that a phone shares with its linked devices, sealed: just the push name.

A client that has not fetched it may not say that it is available.
"""

import hmac
import json
import os
import struct
from typing import Any, Final

from tests.whatsapp.crypto import cbc
from tests.whatsapp.crypto.keys import hkdf
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.protobufs import action, sync

_FIRST: Final = 1


class AppState:
    """`patches` holds each collection's patches, oldest first. The key goes to linked devices in a message."""

    def __init__(self, push_name: str) -> None:
        self.key_id, self.key = os.urandom(6), os.urandom(32)
        out = hkdf(self.key, 160, b"WhatsApp Mutation Keys")
        self._index, self._cipher, self._mac, self._snapshot, self._patch = (
            out[at : at + 32] for at in range(0, 160, 32)
        )
        value = action.SyncActionValue(timestamp=now() * 1000)
        value.pushNameSetting.name = push_name
        self.patches = {"critical_block": [self._sealed("critical_block", ["setting_pushName"], value)]}

    def _sealed(self, collection: str, index: list[str], value: Any) -> bytes:
        """A collection's first patch: one value."""
        name = json.dumps(index, separators=(",", ":")).encode()
        iv = os.urandom(16)
        plain = action.SyncActionData(index=name, value=value, padding=b"", version=1).SerializeToString()
        body = iv + cbc.encrypt(self._cipher, iv, plain)
        associated = b"\x01" + self.key_id + body + struct.pack(">Q", len(self.key_id) + 1)
        value_mac = hmac.digest(self._mac, associated, "sha512")[:32]
        lt_hash = hkdf(value_mac, 128, b"WhatsApp Patch Integrity")
        tail = struct.pack(">Q", _FIRST) + collection.encode()
        patch = sync.SyncdPatch(snapshotMAC=hmac.digest(self._snapshot, lt_hash + tail, "sha256"))
        patch.version.version = _FIRST
        patch.keyID.ID = self.key_id
        mutation = patch.mutations.add(operation=0)
        mutation.record.index.blob = hmac.digest(self._index, name, "sha256")
        mutation.record.value.blob = body + value_mac
        mutation.record.keyID.ID = self.key_id
        patch.patchMAC = hmac.digest(self._patch, patch.snapshotMAC + value_mac + tail, "sha256")
        sealed: bytes = patch.SerializeToString()
        return sealed
