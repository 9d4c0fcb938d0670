"""What a customer, or the shop itself, wrote."""

from typing import Final, Literal, get_args

from wabot.model.value import value

MessageType = Literal["text", "image", "video", "audio", "document", "sticker", "location", "contact"]
EventType = Literal["reaction", "edit", "revoke", "poll_vote", "receipt", "other"]
ChatKind = Literal["direct", "group", "status", "newsletter"]

MESSAGE_TYPES: Final[frozenset[str]] = frozenset(get_args(MessageType))
EVENT_TYPES: Final[frozenset[str]] = frozenset(get_args(EventType))


@value
class Message:
    """One event in a chat, as the channel delivered it.

    `id` is WhatsApp's, unique within a chat. `chat` names the chat: the LID where one is known, else the phone number
    (digits only, with the country code). `text` is the text or the caption. `sent_at` is UTC milliseconds by the
    sender's clock. `type` may also be an event that nobody answers (a reaction, an edit …): those are gated.
    """

    id: str
    chat: str
    text: str = ""
    type: MessageType | EventType = "text"
    chat_kind: ChatKind = "direct"
    from_me: bool = False
    phone: str = ""
    lid: str = ""
    name: str = ""
    sent_at: int = 0
