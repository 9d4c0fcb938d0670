"""What is said about messages: edits, revocations, reactions, polls and votes. Times are the sender's."""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from tests.whatsapp.crypto.message_secret import seal
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.jid import JID
from tests.whatsapp.wire.protobufs import common, e2e


class About(NamedTuple):
    """A message that another one is about: its id, its chat as who speaks of it names it, and whether they wrote it."""

    id: str
    chat: JID
    own: bool

    def key(self) -> Any:
        return common.MessageKey(remoteJID=str(self.chat), fromMe=self.own, ID=self.id)


def edit(about: About, words: str, *, wrapped: bool = True) -> Any:
    """Some phones send it bare, others wrap it."""
    said = e2e.ProtocolMessage(
        key=about.key(),
        type=e2e.ProtocolMessage.MESSAGE_EDIT,
        editedMessage=e2e.Message(conversation=words),
        timestampMS=now() * 1000,
    )
    bare = e2e.Message(protocolMessage=said)
    return e2e.Message(editedMessage=e2e.FutureProofMessage(message=bare)) if wrapped else bare


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
