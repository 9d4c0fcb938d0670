"""What arrives on a phone."""

from dataclasses import dataclass
from typing import Any

from tests.whatsapp.wire.jid import JID
from tests.whatsapp.wire.node import Node


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, decrypted. `message` is the e2e.Message, `kind` "msg" or "pkmsg", `node` the stanza that brought it,
    `at` the event loop's time of its arrival, in seconds."""

    id: str
    sender: JID
    message: Any
    node: Node
    kind: str
    at: float

    @property
    def content(self) -> Any:
        """The message itself, where it is a copy of what another device of the same account sent."""
        copied = self.message.HasField("deviceSentMessage")
        return self.message.deviceSentMessage.message if copied else self.message

    @property
    def text(self) -> str:
        """Its text or caption; "" when it has none."""
        content = self.content
        if content.conversation:
            return str(content.conversation)
        if content.extendedTextMessage.text:
            return str(content.extendedTextMessage.text)
        kinds = ("imageMessage", "videoMessage", "documentMessage")
        captions = (getattr(content, kind).caption for kind in kinds if content.HasField(kind))
        return next(captions, "")
