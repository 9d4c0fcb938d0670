"""What the reason of a decision that was really made tells of its moment, where nothing else was written down."""

from typing import Final

from wabot.model.csat import RATED

UNKNOWN: Final = ""
"""There is no decision to learn from."""
HELD: Final = "handled_by_person"
_GATES: Final = (
    "auto_reply_off",
    "paused",
    "not_in_scope",
    "contact_blocked",
    "conversation_spam",
    RATED,
    "stale",
    "superseded",
    HELD,
)
"""The gates in their order: whatever stopped a message, those before it did not."""
_RANKS: Final = {gate: rank for rank, gate in enumerate(_GATES)}
_NOTHING: Final = {UNKNOWN: -1, "duplicate": -1, "set_aside": -1, "imported": -1}
_BLOCKED, _SPAM, _HELD = _RANKS["contact_blocked"], _RANKS["conversation_spam"], _RANKS[HELD]


def passed(reason: str) -> int:
    """The number of the gate that stopped the message; beyond all of them when none did, -1 when nobody knows."""
    rank = _RANKS.get(reason)
    return _NOTHING.get(reason, len(_GATES)) if rank is None else rank


def blocked(reason: str, before: bool) -> bool:
    """Whether the customer was blocked, as far as the reason tells; `before` is what was known."""
    rank = passed(reason)
    return rank == _BLOCKED if rank >= _BLOCKED else before


def spam(reason: str, before: bool) -> bool:
    """Whether the chat was marked as spam, as far as the reason tells; `before` is what was known."""
    rank = passed(reason)
    return rank == _SPAM if rank >= _SPAM else before


def not_held(reason: str) -> bool:
    """Whether the message surely met no pause of its chat."""
    return passed(reason) > _HELD
