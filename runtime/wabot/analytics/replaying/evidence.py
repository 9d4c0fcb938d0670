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
BLOCKED, SPAM, HELD_AT = _RANKS["contact_blocked"], _RANKS["conversation_spam"], _RANKS[HELD]
"""The numbers of some of them."""


def passed(reason: str) -> int:
    """The number of the gate that stopped the message; beyond all of them when none did, -1 when nobody knows."""
    rank = _RANKS.get(reason)
    return _NOTHING.get(reason, len(_GATES)) if rank is None else rank


def was(gate: int, rank: int, before: bool) -> bool:
    """Whether what the gate asks held then; `rank` is that of the gate that stopped the message, `before` what was
    known: it stays where the message never came so far."""
    return rank == gate if rank >= gate else before
