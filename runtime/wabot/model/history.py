"""What the phone remembers from before wabot was linked to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from wabot.model.message import Message

MOST: Final = 200
"""Messages in one part, and in one transaction: an import must not hold up those who are writing now."""


@dataclass(frozen=True, slots=True)
class History:
    """A part of the history: messages of both sides, and `names`, what customers call themselves, by number or LID.

    `state` is "pending" when a history is expected and nothing of it is here, "part" while more may come, "done" when
    all that says who has ever written is in. `unread` names what could not be read of it, for people.
    """

    messages: tuple[Message, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    state: Literal["pending", "part", "done"] = "part"
    unread: str = ""
