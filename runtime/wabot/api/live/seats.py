"""Who is connected, as whom, and how much of it one may have."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from wabot.api.guard import Who
from wabot.api.live.events import Namespace
from wabot.api.problems import Problem

EACH: Final = 20
"""Connections of one person, or one key, to a namespace: tabs of a browser, say."""
_WORDS: Final = 100
_WITHIN: Final = 10.0
"""So many events may a client send within so many seconds."""


@dataclass
class Seat:
    """One client in one namespace. `sid` is Socket.IO's name for that, `connection` Engine.IO's for what it comes
    over."""

    sid: str
    namespace: Namespace
    connection: str
    who: Who
    token: str
    rooms: set[str] = field(default_factory=set)
    words: deque[float] = field(default_factory=deque)

    def count(self, now: float) -> None:
        """
        Raises:
            Problem: 429, it says too much.
        """
        while self.words and now - self.words[0] > _WITHIN:
            self.words.popleft()
        if len(self.words) >= _WORDS:
            raise Problem(429, f"More than {_WORDS} events in {_WITHIN:.0f} s: slow down.", "TOO_MANY_EVENTS")
        self.words.append(now)


class Seats:
    """All of them."""

    def __init__(self) -> None:
        self._seats: dict[str, Seat] = {}
        self._each: Counter[tuple[str, ...]] = Counter()

    def __iter__(self) -> Iterator[Seat]:
        return iter(list(self._seats.values()))

    def take(self, seat: Seat) -> None:
        """
        Raises:
            Problem: 429, whoever it is has too many.
        """
        if self._each[_whose(seat)] >= EACH:
            raise Problem(429, f"You have {EACH} connections already.", "TOO_MANY_CONNECTIONS")
        self._each[_whose(seat)] += 1
        self._seats[seat.sid] = seat

    def get(self, sid: str) -> Seat | None:
        return self._seats.get(sid)

    def leave(self, sid: str) -> None:
        seat = self._seats.pop(sid, None)
        if seat is not None:
            self._each[_whose(seat)] -= 1
            if self._each[_whose(seat)] <= 0:
                del self._each[_whose(seat)]


def _whose(seat: Seat) -> tuple[str, ...]:
    return (seat.namespace, seat.who.tenant, seat.who.account, seat.who.key)
