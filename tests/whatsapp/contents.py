"""What people's phones put into messages that are more than a text. Times are the sender's, in milliseconds."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from tests.whatsapp.crypto.message_secret import seal
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.jid import JID
from tests.whatsapp.wire.node import Node
from tests.whatsapp.wire.protobufs import common, e2e


class About(NamedTuple):
    """A message that another one is about: its id, its chat as who speaks of it names it, and whether they wrote it."""

    id: str
    chat: JID
    own: bool

    def key(self) -> Any:
        return common.MessageKey(remoteJID=str(self.chat), fromMe=self.own, ID=self.id)


def text(words: str) -> Any:
    return e2e.Message(conversation=words)


def reply(words: str, about: About, author: JID, quoted: Any) -> Any:
    """`quoted` is the content of the message that `author` wrote."""
    context = e2e.ContextInfo(stanzaID=about.id, participant=str(author), quotedMessage=quoted)
    return e2e.Message(extendedTextMessage=e2e.ExtendedTextMessage(text=words, contextInfo=context))


def forwarded(words: str, times: int) -> Any:
    context = e2e.ContextInfo(isForwarded=True, forwardingScore=times)
    return e2e.Message(extendedTextMessage=e2e.ExtendedTextMessage(text=words, contextInfo=context))


def edit(about: About, words: str, *, wrapped: bool = True) -> Any:
    """Android phones send it bare, others wrap it."""
    said = e2e.ProtocolMessage(
        key=about.key(),
        type=e2e.ProtocolMessage.MESSAGE_EDIT,
        editedMessage=text(words),
        timestampMS=now() * 1000,
    )
    bare = e2e.Message(protocolMessage=said)
    return e2e.Message(editedMessage=e2e.FutureProofMessage(message=bare)) if wrapped else bare


def revocation(about: About) -> Any:
    return e2e.Message(protocolMessage=e2e.ProtocolMessage(key=about.key(), type=e2e.ProtocolMessage.REVOKE))


def reaction(about: About, emoji: str) -> Any:
    """An empty `emoji` takes the reaction back."""
    said = e2e.ReactionMessage(key=about.key(), text=emoji, senderTimestampMS=now() * 1000)
    return e2e.Message(reactionMessage=said)


def poll(question: str, options: Sequence[str], secret: bytes) -> Any:
    """One answer is allowed. Votes are sealed with `secret`."""
    asked = e2e.PollCreationMessage(
        name=question,
        options=[e2e.PollCreationMessage.Option(optionName=option) for option in options],
        selectableOptionsCount=1,
    )
    return e2e.Message(pollCreationMessageV3=asked, messageContextInfo=e2e.MessageContextInfo(messageSecret=secret))


def vote(about: About, options: Sequence[str], secret: bytes, asker: JID, voter: JID) -> Any:
    """`secret` came with the poll that `asker` made."""
    hashes = [hashlib.sha256(option.encode()).digest() for option in options]
    plain = e2e.PollVoteMessage(selectedOptions=hashes).SerializeToString()
    vector, sealed = seal("Poll Vote", secret, about.id, asker, voter, plain)
    said = e2e.PollUpdateMessage(
        pollCreationMessageKey=about.key(),
        vote=e2e.PollEncValue(encPayload=sealed, encIV=vector),
        senderTimestampMS=now() * 1000,
    )
    return e2e.Message(pollUpdateMessage=said)


def sealed_edit(about: About, words: str, secret: bytes, author: JID) -> Any:
    """An edit of the newer kind: only who has the message that it is about can read it."""
    plain = edit(about, words, wrapped=False).SerializeToString()
    vector, sealed = seal("Message Edit", secret, about.id, author, author, plain)
    said = e2e.SecretEncryptedMessage(
        targetMessageKey=about.key(),
        encPayload=sealed,
        encIV=vector,
        secretEncType=e2e.SecretEncryptedMessage.MESSAGE_EDIT,
    )
    return e2e.Message(secretEncryptedMessage=said)


def once(content: Any) -> Any:
    """To be looked at once. WhatsApp hands this to old clients only; others get no content at all."""
    return e2e.Message(viewOnceMessageV2=e2e.FutureProofMessage(message=content))


def disappearing(content: Any) -> Any:
    return e2e.Message(ephemeralMessage=e2e.FutureProofMessage(message=content))


_MEDIA: Final = {
    "imageMessage": "image",
    "videoMessage": "video",
    "audioMessage": "audio",
    "documentMessage": "document",
    "stickerMessage": "sticker",
    "locationMessage": "location",
    "contactMessage": "vcard",
}
_ENVELOPES: Final = ("deviceSentMessage", "ephemeralMessage", "viewOnceMessageV2", "documentWithCaptionMessage")


def mark(node: Node, content: Any) -> Node:
    """What the sender's phone says of a message outside of its seal: on the stanza, and on each `enc` in it."""
    for name in _ENVELOPES:
        if content.HasField(name):
            return mark(node, getattr(content, name).message)
    inner = content.editedMessage.message if content.HasField("editedMessage") else content
    kind, edit, hidden = "text", "", False
    if content.HasField("reactionMessage"):
        kind, edit, hidden = "reaction", "" if content.reactionMessage.text else "7", True
    elif content.HasField("pollCreationMessageV3") or content.HasField("pollUpdateMessage"):
        kind, hidden = "poll", content.HasField("pollUpdateMessage")
        node.children().append(Node("meta", {"polltype": "vote" if hidden else "creation"}))
    elif content.HasField("secretEncryptedMessage"):
        edit, hidden = "1", True
    elif inner.HasField("protocolMessage"):
        marks = {e2e.ProtocolMessage.REVOKE: "7", e2e.ProtocolMessage.MESSAGE_EDIT: "1"}
        edit = marks.get(inner.protocolMessage.type, "")
        hidden = bool(edit)
    media = next((media for field, media in _MEDIA.items() if content.HasField(field)), "")
    node.attrs |= {"type": "media" if media else kind, "edit": edit}
    for enc in node.children("enc"):
        enc.attrs |= {"mediatype": media, "decrypt-fail": "hide" if hidden else ""}
    return node
