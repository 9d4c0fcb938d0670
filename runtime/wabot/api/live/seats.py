"""Who is connected, as whom, and how much of it one may have."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from wabot.api.guard import Who
from wabot.api.live.events import Namespace
from wabot.api.problems import Problem

PER_TOKEN: Final = 20
"""Connections to a namespace with one token: tabs of a browser, say."""
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
        self._tokens: Counter[tuple[Namespace, str]] = Counter()

    def __iter__(self) -> Iterator[Seat]:
        return iter(list(self._seats.values()))

    def take(self, seat: Seat) -> None:
        """
        Raises:
            Problem: 429, the token has too many.
        """
        key = (seat.namespace, seat.token)
        if self._tokens[key] >= PER_TOKEN:
            raise Problem(429, f"This token has {PER_TOKEN} connections already.", "TOO_MANY_CONNECTIONS")
        self._tokens[key] += 1
        self._seats[seat.sid] = seat

    def get(self, sid: str) -> Seat | None:
        return self._seats.get(sid)

    def leave(self, sid: str) -> None:
        seat = self._seats.pop(sid, None)
        if seat is not None:
            self._count_off(seat)

    def change(self, seat: Seat, token: str, who: Who) -> None:
        """The client has another token now.

        Raises:
            Problem: 429, that one has too many.
        """
        if token != seat.token and self._tokens[seat.namespace, token] >= PER_TOKEN:
            raise Problem(429, f"This token has {PER_TOKEN} connections already.", "TOO_MANY_CONNECTIONS")
        self._count_off(seat)
        seat.token, seat.who = token, who
        self._tokens[seat.namespace, token] += 1

    def _count_off(self, seat: Seat) -> None:
        key = (seat.namespace, seat.token)
        self._tokens[key] -= 1
        if self._tokens[key] <= 0:
            del self._tokens[key]
