"""Messages and turns for the store's tests."""

from typing import Any

from wabot.model.context import WHOLE_CONTACT, Usage
from wabot.model.ids import uuid7
from wabot.model.message import Message
from wabot.model.turn import NewReply, RuleOutcome, SendFacts, Turn

NOW = 1_769_569_200_000
CHAT = "6281100000001"


def message(number: int = 1, text: str = "jam buka?", **more: Any) -> Message:
    return Message(
        **{"id": f"A{number}", "chat": CHAT, "phone": CHAT, "name": "Budi", "text": text, "sent_at": NOW, **more}
    )


def answered(said: Message, text: str = "Kami buka kak.", at: int = NOW, due: int = NOW + 2_000, **more: Any) -> Turn:
    usage = {"jam-buka": Usage(at, "2026-01-28", 1), WHOLE_CONTACT: Usage(at, "2026-01-28", 1)}
    reply = NewReply(uuid7(at), text, "jam-buka", due)
    outcome = RuleOutcome("jam-buka", "jam buka", text)
    return Turn(
        **{
            "message": said,
            "at": at,
            "reason": "answered",
            "outcomes": (outcome,),
            "replies": (reply,),
            "usage": usage,
            **more,
        }
    )


def silent(said: Message, reason: str = "no_match", **more: Any) -> Turn:
    return Turn(said, NOW, reason, **more)


def allowed(_facts: SendFacts) -> None:
    """Nothing speaks against a send."""
