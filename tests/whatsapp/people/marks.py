"""What a phone says of a message outside of its seal; the server cannot look inside."""

from typing import Any, Final

from tests.whatsapp.wire.node import Node
from tests.whatsapp.wire.protobufs import e2e

_MEDIA: Final = {
    "imageMessage": "image",
    "videoMessage": "video",
    "audioMessage": "audio",
    "documentMessage": "document",
    "stickerMessage": "sticker",
    "locationMessage": "location",
    "liveLocationMessage": "livelocation",
    "contactMessage": "vcard",
    "contactsArrayMessage": "contact_array",
}
_ENVELOPES: Final = ("deviceSentMessage", "ephemeralMessage", "viewOnceMessageV2", "documentWithCaptionMessage")
_EDITED, _GONE = "1", "7"


def mark(node: Node, content: Any) -> Node:
    """The stanza `node`, with what it and each `enc` in it must say of the e2e.Message `content`."""
    for name in _ENVELOPES:
        if content.HasField(name):
            return mark(node, getattr(content, name).message)
    inner = content.editedMessage.message if content.HasField("editedMessage") else content
    edit, hidden = "", False  # hidden: who cannot read it is shown nothing
    if content.HasField("reactionMessage"):
        node.attrs["type"], hidden = "reaction", True
        edit = "" if content.reactionMessage.text else _GONE
    elif content.HasField("pollCreationMessageV3") or content.HasField("pollUpdateMessage"):
        node.attrs["type"], hidden = "poll", content.HasField("pollUpdateMessage")
        node.content = [*node.children(), Node("meta", {"polltype": "vote" if hidden else "creation"})]
    elif content.HasField("secretEncryptedMessage"):
        edit, hidden = _EDITED, True
    elif inner.HasField("protocolMessage"):
        kinds = {e2e.ProtocolMessage.REVOKE: _GONE, e2e.ProtocolMessage.MESSAGE_EDIT: _EDITED}
        edit = kinds.get(inner.protocolMessage.type, "")
        hidden = bool(edit)
    media = next((media for field, media in _MEDIA.items() if content.HasField(field)), "")
    media = "ptt" if content.audioMessage.PTT else media
    if media:
        node.attrs["type"] = "media"
    node.attrs["edit"] = edit
    for enc in node.children("enc"):
        enc.attrs |= {"mediatype": media, "decrypt-fail": "hide" if hidden else ""}
    return node
