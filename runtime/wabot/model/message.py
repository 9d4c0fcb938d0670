"""What a customer, or the shop itself, wrote."""

from typing import Final, Literal, get_args

from wabot.model.value import value

MessageType = Literal["text", "image", "video", "audio", "document", "sticker", "location", "contact"]
EventType = Literal["reaction", "edit", "revoke", "poll_vote", "receipt", "other"]
ChatKind = Literal["direct", "group", "status", "newsletter"]

MESSAGE_TYPES: Final[frozenset[str]] = frozenset(get_args(MessageType))
EVENT_TYPES: Final[frozenset[str]] = frozenset(get_args(EventType))


@value
class Card:
    """A contact card that somebody sent: the name on it and its phone numbers (digits only)."""

    name: str
    numbers: tuple[str, ...] = ()


@value
class Attachment:
    """What came with a message beside its text: a file, a place, or contact cards.

    `mime`, `size` (bytes) and `name` are what the sender says of the file: nothing of it is to be trusted. `seconds` is
    how long a recording lasts. A place has `latitude` and `longitude` in degrees, and perhaps a `place` name. `source`
    is the channel's own note of how to download the file, "" when there is nothing to download.
    """

    mime: str = ""
    size: int = 0
    name: str = ""
    seconds: int = 0
    latitude: float | None = None
    longitude: float | None = None
    place: str = ""
    cards: tuple[Card, ...] = ()
    source: str = ""


@value
class Message:
    """One event in a chat, as the channel delivered it.

    `id` is WhatsApp's, unique within a chat. `chat` names the chat: the LID where one is known, else the phone number
    (digits only, with the country code). `text` is the text or the caption. `sent_at` is UTC milliseconds by the
    sender's clock. `type` may also be an event that nobody answers (a reaction, an edit …): those are gated.

    `quoted` is the id of the message that this one replies to. `forwarded` counts how often the text was passed on
    (0: written here). `about` is the id of the message that an edit (whose `text` is the new one), a revocation or a
    reaction (whose `text` is the emoji, "" to take it back) is about.
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
    quoted: str = ""
    forwarded: int = 0
    about: str = ""
    media: Attachment | None = None
