"""What a session tells the people who run it."""

from typing import Any, Protocol

from wabot.model.message import Message
from wabot.model.turn import Outbound


class Report(Protocol):
    """Where a session's news go: a log, a terminal, or nowhere."""

    def heard(self, message: Message) -> None:
        """A message is about to be decided."""

    def silent(self, message: Message, reason: str) -> None:
        """Nothing was answered, and why."""

    def sent(self, outbound: Outbound) -> None:
        """A reply went out."""

    def note(self, event: str, *, level: str = "info", **details: Any) -> None:
        """Anything else: `event` in plain words, `level` "info", "warning" or "error"."""


class Mute:
    """Tells nobody."""

    def heard(self, message: Message) -> None: ...

    def silent(self, message: Message, reason: str) -> None: ...

    def sent(self, outbound: Outbound) -> None: ...

    def note(self, event: str, *, level: str = "info", **details: Any) -> None: ...
