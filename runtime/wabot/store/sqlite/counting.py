"""When a customer begins another conversation, within the one chat that they have."""

from typing import Any, Final

CONVERSATION_GAP: Final = 86_400_000
"""Milliseconds of silence in a chat after which a customer's message begins another conversation."""


def begins(conversation: Any, at: int) -> bool:
    """Whether a customer's message sent `at` begins one: the first ever, after a day's silence of both sides, or after
    the last one was closed. `conversation` is the row before the message."""
    last = conversation["last_message_at"]
    return last is None or at - last > CONVERSATION_GAP or conversation["status"] in ("resolved", "closed")
