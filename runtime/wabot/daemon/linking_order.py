"""What the process that links or unlinks a phone is told, as JSON among its arguments: it holds no secret."""

import json
from dataclasses import asdict, dataclass
from typing import Final, Literal, Self

from wabot.model.session import SessionState

MARGIN: Final = 150.0
"""Seconds that a pairing may take beyond its time: the first login, and a history that is on its way."""


@dataclass(frozen=True, slots=True)
class Order:
    """`seconds` is how long may be waited for a person, or for WhatsApp; `typed` asks for a pair code. `run` is the
    command that starts the daemon, to be named to people."""

    act: Literal["pair", "unpair"]
    seconds: float
    phone: str = ""
    typed: bool = False
    run: str = "wabot run"

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(**json.loads(text))


def unlinked(again: str) -> SessionState:
    """How a tenant stands whose phone a person has unlinked; `again` is the command that links one."""
    return SessionState("logout", "This bot was unlinked by `wabot unpair`.", f"To link it again: `{again}`.")
