"""What the shop's phone remembers, and how it hands that to a newly linked client."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.whatsapp.archive import Archive, Old
from tests.whatsapp.crypto.media import seal
from tests.whatsapp.people.person import new_id
from tests.whatsapp.server import routing
from tests.whatsapp.server.accounts import Device
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.node import Attrs, Node
from tests.whatsapp.wire.protobufs import e2e

if TYPE_CHECKING:
    from tests.whatsapp.people.phone import Phone

_DAY = 86_400


def old(
    said: Any, *, days: float = 30, own: bool = False, id: str = "", reactions: Sequence[tuple[str, bool]] = ()
) -> Old:
    """A message of so many days ago: a text, or an e2e.Message."""
    content = e2e.Message(conversation=said) if isinstance(said, str) else said
    return Old(id or new_id(), content, now() - round(days * _DAY), own, tuple(reactions))


async def hand_over(phone: Phone, device: Device, archive: Archive) -> int:
    """Each sync goes to the media host, sealed; a message to the client says where it lies. How many there were."""
    syncs = list(archive.syncs())
    for sync in syncs:
        packed = zlib.compress(sync.SerializeToString())
        told = e2e.HistorySyncNotification(
            syncType=int(sync.syncType), chunkOrder=sync.chunkOrder, progress=sync.progress
        )
        if archive.inline and sync is syncs[0]:
            told.initialHistBootstrapInlinePayload = packed
        else:
            file = seal(packed, "history")
            told.directPath, told.mediaKey = phone.server.media.put(file.blob), file.key
            told.fileSHA256, told.fileEncSHA256, told.fileLength = file.sha256, file.sealed_sha256, file.size
        await routing.deliver(device, _notification(phone, device, told))
    return len(syncs)


def _notification(phone: Phone, device: Device, told: Any) -> Node:
    said = e2e.ProtocolMessage(type=e2e.ProtocolMessage.HISTORY_SYNC_NOTIFICATION, historySyncNotification=told)
    sealed = phone.sealed(device, e2e.Message(protocolMessage=said))
    attrs: Attrs = {"from": phone.account.pn, "id": new_id(), "t": str(now())}
    return Node("message", {**attrs, "type": "text", "category": "peer"}, [sealed])
