"""What a session tells the people who run it."""

from typing import Any, Literal, Protocol

from wabot.model.message import Message
from wabot.model.turn import Outbound, Turn

Outcome = Literal["sent", "delivered", "read", "failed", "unknown", "withheld", "cancelled"]
"""`withheld`: wabot itself would not send it; `cancelled`: somebody took it out of the outbox."""


class Report(Protocol):
    """Where a session's news go: a log, a terminal, or nowhere."""

    def arrived(self, message: Message, at: int) -> None:
        """A message is journalled, for the first time, at that moment (UTC milliseconds)."""

    def heard(self, message: Message) -> None:
        """A message is about to be decided."""

    def decided(self, turn: Turn) -> None:
        """A message's turn is recorded."""

    def silent(self, message: Message, reason: str) -> None:
        """Nothing was answered, and why."""

    def sent(self, outbound: Outbound) -> None:
        """A reply went out."""

    def became(self, rule: str, outcome: Outcome, outbound: Outbound | None = None) -> None:
        """What became of a reply of `rule`; `outbound` with its present due time, where this session dealt with it."""

    def note(self, event: str, *, level: str = "info", **details: Any) -> None:
        """Anything else: `event` in plain words, `level` "info", "warning" or "error"."""


class Mute:
    """Tells nobody."""

    def arrived(self, message: Message, at: int) -> None: ...

    def heard(self, message: Message) -> None: ...

    def decided(self, turn: Turn) -> None: ...

    def silent(self, message: Message, reason: str) -> None: ...

    def sent(self, outbound: Outbound) -> None: ...

    def became(self, rule: str, outcome: Outcome, outbound: Outbound | None = None) -> None: ...

    def note(self, event: str, *, level: str = "info", **details: Any) -> None: ...
