"""The people of the shop who answer in wabot: when they are there, and what they did."""

import random
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bench.history.rows import Ids, Rows
from wabot.model.people import Availability, Operator, Role

_HOUR: Final = 3_600_000
_MINUTE: Final = 60_000


@dataclass(slots=True)
class Person:
    """An operator's row, as it grows. `morning` and `evening` are the shifts, hours of the day; `from_part` is from
    which part of the time (0 to 1) they have worked here."""

    email: str
    name: str
    role: Role
    shifts: tuple[tuple[int, int], ...]
    days: tuple[int, ...]
    from_part: float = 0.0
    id: str = ""
    status: Availability = "offline"
    created: int = 0
    updated: int = 0
    assigned: int | None = None
    seen: int | None = None
    handled: int = 0
    sent: int = 0
    firsts: int = 0
    first_millis: int = 0
    csat_answers: int = 0
    csat_total: int = 0
    there: list[tuple[int, int]] = field(default_factory=list)


def _people() -> list[Person]:
    week, late = (0, 1, 2, 3, 4), (2, 3, 4, 5)
    return [
        Person("sari@warungsari.example", "Sari", "owner", ((9, 14),), (0, 1, 2, 3, 4, 5)),
        Person("dewi@warungsari.example", "Dewi", "operator", ((9, 14), (16, 21)), week),
        Person("rizky@warungsari.example", "Rizky", "operator", ((16, 21),), late, 0.1),
        Person("ayu@warungsari.example", "Ayu", "supervisor", ((16, 22),), (4, 5, 6), 0.45),
    ]


class Staff:
    """Everybody, day by day."""

    def __init__(self, rows: Rows, ids: Ids, chance: random.Random) -> None:
        self._rows, self._ids, self._chance = rows, ids, chance
        self.people = _people()
        self.by_id: dict[str, Person] = {}

    def work(self, day: date, midnight: int, part: float, end: int) -> None:
        """A day of theirs, which began at `midnight`; nothing after `end` has happened yet."""
        chance = self._chance
        for one in self.people:
            one.there = [span for span in one.there if span[1] > midnight]
            if part < one.from_part:
                continue
            if not one.id:
                self._begins(one, midnight + 8 * _HOUR)
            if day.weekday() not in one.days or chance.random() < 0.06:
                continue
            for first, last in one.shifts:
                begin = midnight + first * _HOUR + chance.randrange(-10, 25) * _MINUTE + chance.randrange(60_000)
                # Now and then somebody forgets to log off, and is there on paper until the next morning.
                late = 9 * _HOUR if chance.random() < 0.01 else 0
                until = midnight + last * _HOUR + chance.randrange(-15, 40) * _MINUTE + late + chance.randrange(60_000)
                self._becomes(one, "online", begin, end)
                if chance.random() < 0.4:
                    rest = begin + int(chance.uniform(0.3, 0.6) * (until - begin))
                    self._becomes(one, chance.choice(("away", "away", "busy")), rest, end)
                    self._becomes(one, "online", rest + chance.randrange(5, 30) * _MINUTE, end)
                self._becomes(one, "offline", until, end)
                one.there.append((begin, until))

    def there(self, at: int) -> list[Person]:
        """Who is logged in at that moment."""
        return [one for one in self.people if any(begin <= at < until for begin, until in one.there)]

    def as_known(self, at: int) -> tuple[Operator, ...]:
        """Everybody, as a decision at that moment knows them."""
        here = {one.email for one in self.there(at)}
        return tuple(
            Operator(one.email, one.name, one.role, "online" if one.email in here else "offline")
            for one in sorted(self.people, key=lambda one: one.email)
            if one.id
        )

    def write(self) -> None:
        for one in self.by_id.values():
            counts = (one.handled, one.sent, one.firsts, one.first_millis, one.csat_answers, one.csat_total)
            self._rows.of["operators"].append(
                (
                    *(one.id, one.email, one.name, one.role, one.status, 10, one.assigned, one.seen),
                    *(*counts, one.created, one.updated),
                )
            )

    def _begins(self, one: Person, at: int) -> None:
        one.id, one.created, one.updated = self._ids(at), at, at
        self.by_id[one.id] = one
        self._rows.of["operator_statuses"].append((one.email, at, "offline"))

    def _becomes(self, one: Person, status: Availability, at: int, end: int) -> None:
        if at >= end or at < one.updated or status == one.status:
            return
        one.status = status
        one.updated = one.seen = at
        self._rows.of["operator_statuses"].append((one.email, at, status))
