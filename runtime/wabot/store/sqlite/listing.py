"""One page of the conversations, in any order and by any filter, and how many there are: without looking through them
all."""

import json
from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

from wabot.store.sqlite.list_statements import MOST, name_of
from wabot.store.sqlite.queries import Ask

Sort = Literal["last", "created", "unread"]
FEW: Final = 5_000
"""So many rows are read, sorted and counted; of more, an index gives the page in its order, and `total` may be a lower
bound."""
NOBODY: Final = ""


class Wanted(NamedTuple):
    """Which conversations: of a `status` (None: all but spam), with an `operator` (None: whoever's; `NOBODY`), that are
    `unread`, that are `snoozed` at `now` (None: all), that bear all of `tags`, and whose customers' names or numbers
    hold words that begin as each of `words`; at most `MOST` of these two."""

    now: int
    status: str | None = None
    operator: str | None = None
    unread: bool = False
    snoozed: bool | None = None
    tags: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class Page(NamedTuple):
    """`exact`: `total` is no lower bound."""

    rows: Sequence[Any]
    total: int
    exact: bool = True


def words_of(search: str) -> tuple[str, ...]:
    """What is searched for, as it is stored: a number as WhatsApp has it, names in small letters."""
    digits = "".join(sign for sign in search if sign.isdigit() and sign.isascii())
    if digits and not set(search) - set("0123456789 +-().\u00a0"):
        return (f"62{digits[1:]}" if digits.startswith("0") else digits,)
    # As LOWER() of SQLite has it: letters beyond ASCII stay as they are.
    small = "".join(sign.lower() if sign.isascii() else sign for sign in search)
    return tuple(dict.fromkeys(small.split()))[:MOST]


def page(ask: Ask, wanted: Wanted, sort: Sort, *, descending: bool, limit: int, offset: int) -> Page:
    """The conversations from `offset` on, at most `limit`."""
    return _Walk(ask, wanted, sort, descending).page(limit, offset)


class _Walk:
    """One list that is asked for."""

    def __init__(self, ask: Ask, wanted: Wanted, sort: Sort, descending: bool) -> None:
        self._ask, self._wanted, self._sort, self._descending = ask, wanted, sort, descending
        self._counts = _Counts(ask, wanted)
        self._values: dict[str, Any] = {
            "now": wanted.now,
            "status": wanted.status,
            "owned": None if wanted.operator is None else 1,
            "operator": wanted.operator or None,
            "unread": 1 if wanted.unread else None,
            "snoozed": None if wanted.snoozed is None else int(wanted.snoozed),
            **numbered("tag", [json.dumps(tag, ensure_ascii=False) for tag in wanted.tags]),
            **numbered("word", wanted.words),
        }

    def page(self, limit: int, offset: int) -> Page:
        wanted, found = self._wanted, self._rarest()
        if found is not None:
            way, rarest, number = found
            if number <= FEW:
                return self._counted(way, limit, offset, rarest=rarest)
            if way == "tag" and self._sort == "last":
                rows = self._rows("tag", "last", limit, offset, rarest=rarest)
                return at_least(rows, limit, offset)
            return at_least(self._ordered(limit, offset), limit, offset)
        if wanted.snoozed:
            return self._counted("snoozed", limit, offset)
        rows, total = self._ordered(limit, offset), self._counts.total(wanted.unread)
        return Page(rows, total - (self._asleep() if wanted.snoozed is False else 0))

    def _rarest(self) -> tuple[str, str, int] | None:
        """The way to what fewest bear of the tags and words that are asked for; None when there are none."""
        found = [("tag", tag, self._number("tagged", tag)) for tag in self._wanted.tags]
        found += [("word", word, self._number("worded", word)) for word in self._wanted.words]
        return min(found, key=lambda one: one[2], default=None)

    def _number(self, statement: str, what: str) -> int:
        return int(self._ask(statement, what=what, most=FEW + 1).fetchone()["number"])

    def _counted(self, way: str, limit: int, offset: int, **more: Any) -> Page:
        """All that lies on a way that leads to few."""
        statement = name_of(way, self._sort, descending=self._descending, counted=True)
        return counted(self._ask, statement, limit, offset, **self._values, **more)

    def _rows(self, way: str, sort: Sort, limit: int, offset: int, **more: Any) -> list[Any]:
        values = {**self._values, "limit": limit, "offset": offset, **more}
        return self._ask(name_of(way, sort, descending=self._descending), **values).fetchall()

    def _ordered(self, limit: int, offset: int) -> list[Any]:
        """A page along the index that leads to the fewest rows in the order that is asked for."""
        wanted, sort, counts = self._wanted, self._sort, self._counts
        few, status, owned = counts.total(False) <= FEW, wanted.status is not None, wanted.operator is not None
        # What an index has in this very order is walked, however few there are.
        walked = sort == "last" and status and (owned or not (wanted.unread or wanted.snoozed is not None))
        if few and (status or owned) and not walked:
            way = "both" if status and owned else "status" if status else "owner"
            return list(self._counted(way, limit, offset).rows)
        if sort == "created":
            return self._rows("created", "created", limit, offset)
        if sort == "unread":
            return self._by_unread(limit, offset)
        if status and owned:
            return self._rows("both", "last", limit, offset)
        if wanted.unread and (not status or counts.all_unread <= counts.total(False)):
            return self._rows("unread", "last", limit, offset)
        return self._rows("status" if status else "recent", "last", limit, offset)

    def _by_unread(self, limit: int, offset: int) -> list[Any]:
        """Those that are read come after those that are not, or before them: two walks."""
        if self._wanted.unread:
            return self._rows("most", "unread", limit, offset)
        unread = self._counts.total(True)
        first, second = ("most", "recent") if self._descending else ("recent", "most")
        before = unread if self._descending else self._counts.total(False) - unread
        if self._wanted.tags or self._wanted.words or self._wanted.snoozed is not None:
            # How many come first is not among what is counted.
            rows = self._half(first, offset + limit, 0)
            if len(rows) < offset + limit:
                rows += self._half(second, offset + limit - len(rows), 0)
            return rows[offset:]
        rows = self._half(first, limit, offset) if offset < before else []
        if len(rows) < limit:
            rows += self._half(second, limit - len(rows), max(offset - before, 0))
        return rows

    def _half(self, way: str, limit: int, offset: int) -> list[Any]:
        sort: Sort = "unread" if way == "most" else "last"
        return self._rows(way, sort, limit, offset, unread=int(way == "most"))

    def _asleep(self) -> int:
        """How many of those that are wanted are snoozed."""
        values = {key: self._values[key] for key in ("now", "status", "owned", "operator", "unread")}
        return int(self._ask("snoozed_counted", **values).fetchone()["number"])


class _Counts:
    """How many there are, by what is counted as it changes."""

    def __init__(self, ask: Ask, wanted: Wanted) -> None:
        row = ask("conversations_counted", status=wanted.status, operator=wanted.operator).fetchone()
        self._totals = {False: int(row["number"]), True: int(row["unread"])}
        self.all_unread = int(row["all_unread"])

    def total(self, unread: bool) -> int:
        """Of those that are wanted, tags and words aside."""
        return self._totals[unread]


def numbered(name: str, values: Sequence[str]) -> dict[str, str | None]:
    """`tag1` to `tag5`, of which the last are None."""
    padded = [*values, *[None] * MOST][:MOST]
    return {f"{name}{number}": value for number, value in enumerate(padded, 1)}


def counted(ask: Ask, statement: str, limit: int, offset: int, **values: Any) -> Page:
    """A page of all that is found, whose number stands in each row as `found`."""
    rows = ask(statement, **values, limit=limit, offset=offset).fetchall()
    if rows or not offset:
        return Page(rows, rows[0]["found"] if rows else 0)
    return Page([], counted(ask, statement, 1, 0, **values).total)


def at_least(rows: Sequence[Any], limit: int, offset: int) -> Page:
    """A page of more than were counted: what is known is that there is another one, if this one is full."""
    return Page(
        rows, offset + len(rows) + int(len(rows) == limit), exact=len(rows) < limit and (bool(rows) or not offset)
    )
