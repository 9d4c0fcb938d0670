"""What chats add up to, kept up to date: chats that changed are counted anew, then the days that changes are summed.

A rebuild does the same for every chat and every day, and comes to the same numbers. Both go by steps of some
milliseconds, each a transaction, since customers are answered meanwhile.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any, Final, NamedTuple

from wabot.model.errors import StoreError
from wabot.store.sqlite.local_hours import LocalHours
from wabot.store.sqlite.opening import NAME, open_file, plainly
from wabot.store.sqlite.presence import note_presence
from wabot.store.sqlite.queries import Ask, asker
from wabot.store.sqlite.shares import Became, Chat, Episode, Logged, Mark, Said, shares
from wabot.store.sqlite.stored_shares import EPISODE_COLUMNS, store
from wabot.store.sqlite.sums import EPOCH, sum_day

_STEP: Final = 0.03
"""Seconds after which a step does not begin with another chat or day: others write in between."""
_MOST: Final = 200
"""Chats or days of a step at most."""


class Left(NamedTuple):
    """What is still to be done: chats to count, and days to sum. Neither: all is counted."""

    chats: int
    days: int


class Counting:
    """The figures of one tenant, whose clock is that of `zone`. Each method is part of its caller's transaction.
    `chats` and `days` are how many were counted and summed so far."""

    def __init__(self, connection: sqlite3.Connection, tenant: str, zone: tzinfo) -> None:
        self._connection, self._tenant, self._zone = connection, tenant, zone
        self._ask: Ask = asker(connection, tenant)
        self._hours = LocalHours(zone)
        self.chats = self.days = 0

    def step(self, now: int) -> Left:
        """Count some of what was stored by `now` (UTC milliseconds) and is not counted yet; what is left."""
        state, end = self._state(), time.perf_counter() + _STEP
        dirty = [row["conversation_id"] for row in self._ask("analytics_dirty", most=_MOST)]
        for number, conversation in enumerate(dirty):
            if number and time.perf_counter() > end:
                break
            self._count(conversation, state)
        chats = int(self._ask("analytics_dirty_count").fetchone()["number"])
        if not dirty:
            self._sum(state, now, end)
        days = int(self._ask("analytics_stale_count").fetchone()["number"])
        if not (dirty or days):
            self._ask("analytics_done", at=now)
        # A step that counted the last chats is followed by one that sums.
        return Left(chats, max(days, 1) if dirty else days)

    def begin_anew(self) -> None:
        """Have every chat counted, and every day summed, that is not closed."""
        self._state()
        self._ask("analytics_anew")
        self._state()

    def close(self, before: int) -> None:
        """Close the days up to that of `before` (UTC milliseconds): what they were counted from may be deleted."""
        self._state()
        day = datetime.fromtimestamp(before / 1000, self._zone).date().toordinal() - EPOCH + 1
        until = self._midnight(day)
        if self._ask("analytics_closed", day=day, until=until).rowcount:
            self._ask("analytics_straddling", until=until)

    def _state(self) -> Any:
        self._ask("analytics_began")
        state = self._ask("analytics_state").fetchone()
        if state["zone"] != str(self._zone):
            # Another clock has other hours and days: whatever is not closed is counted anew.
            closed = self._midnight(state["closed_before"]) if state["closed_before"] else 0
            self._ask("analytics_zone", zone=str(self._zone), closed_until=closed)
            self._ask("analytics_all_dirty")
            self._ask("analytics_all_stale")
            state = self._ask("analytics_state").fetchone()
        return state

    def _midnight(self, day: int) -> int:
        shown = date.fromordinal(day + EPOCH)
        return int(datetime(shown.year, shown.month, shown.day, tzinfo=self._zone).timestamp() * 1000)

    def _sum(self, state: Any, now: int, end: float) -> None:
        if state["presence_until"] != now:
            note_presence(self._ask, self._hours, state["presence_until"], now)
        for number, row in enumerate(self._ask("analytics_stale_days", most=_MOST).fetchall()):
            if number and time.perf_counter() > end:
                break
            if row["day"] >= state["closed_before"]:
                sum_day(self._ask, row["day"])
                self.days += 1
            self._ask("analytics_fresh", day=row["day"])

    def _count(self, conversation: str, state: Any) -> None:
        chat = self._chat(conversation, state["closed_until"])
        least = chat.closed if chat.before is None else chat.before.began_at
        made = shares(chat, self._hours)
        hour = state["closed_before"] * 24
        for day in store(self._connection, self._tenant, conversation, made, hour, least):
            self._ask("analytics_stale_add", day=day)
        self._ask("analytics_clean", conversation=conversation)
        self.chats += 1

    def _chat(self, conversation: str, closed: int) -> Chat:
        ask = self._ask
        logs: dict[str, list[Logged]] = {}
        for message, *log in ask("analytics_logs", conversation=conversation):
            logs.setdefault(message, []).append(Logged(*log))
        first = ask("analytics_first", conversation=conversation).fetchone()
        before = ask("analytics_before", conversation=conversation, closed=closed).fetchone() if closed else None
        return Chat(
            messages=[Said(*row) for row in ask("analytics_messages", conversation=conversation)],
            logs=logs,
            statuses=[Became(*row) for row in ask("analytics_statuses", conversation=conversation)],
            marks=[Mark(*row) for row in ask("analytics_marks", conversation=conversation)],
            first=0 if first is None else first["first_contact_at"],
            closed=closed,
            before=None if before is None else Episode(**{name: before[name] for name in EPISODE_COLUMNS}),
        )


def count_all(
    folder: Path,
    tenant: str,
    zone: tzinfo,
    now: int,
    told: Callable[[Left], None] = lambda _left: None,
    *,
    anew: bool = False,
) -> None:
    """Bring the figures of `tenant` in `folder` (`data/<tenant>`) up to date, or count everything `anew`, beside
    whoever else writes there. `told` hears after each step what is left.

    Raises:
        StoreError: the store cannot be written.
    """
    try:
        with closing(open_file(folder)) as connection:
            # What is counted can be counted again: nothing here waits for the disk.
            connection.execute("PRAGMA synchronous = NORMAL")
            counting = Counting(connection, tenant, zone)

            def begun(_now: int) -> Left:
                counting.begin_anew()
                return Left(1, 1)

            work = begun if anew else counting.step
            while True:
                began = time.perf_counter()
                connection.execute("BEGIN IMMEDIATE")
                left = work(now)
                connection.execute("COMMIT")
                told(left)
                # SQLite's lock goes to whoever asks at the right moment: without a rest others would never have it.
                time.sleep(time.perf_counter() - began if any(left) else 0)
                work = counting.step
                if not any(left):
                    return
    except sqlite3.Error as error:
        raise StoreError(plainly(folder / NAME, error)) from error
