"""One page of the conversations, in any order and by any filter, and how many there are: without looking through them
all."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, NamedTuple

from wabot.store.sqlite.list_statements import name_of
from wabot.store.sqlite.queries import Ask

Sort = Literal["last", "created", "unread"]
FEW: Final = 2_000
"""So many rows are read and sorted; of more, an index gives the page, and `total` may be a lower bound."""
NOBODY: Final = ""


class Wanted(NamedTuple):
    """Which conversations: of a `status` (None: all but spam), with an `operator` (None: whoever's; `NOBODY`), that are
    `unread`, that are `snoozed` at `now` (None: all), that bear all of `tags`, and whose customers' names or numbers
    hold words that begin as each of `words`."""

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
    digits = "".join(sign for sign in search if sign.isdigit())
    if digits and not set(search) - set("0123456789 +-().\u00a0"):
        return (f"62{digits[1:]}" if digits.startswith("0") else digits,)
    # As LOWER() of SQLite has it: letters beyond ASCII stay as they are.
    small = "".join(sign.lower() if sign.isascii() else sign for sign in search)
    return tuple(dict.fromkeys(small.split()))[:_WORDS]


_WORDS: Final = 5


def page(ask: Ask, wanted: Wanted, sort: Sort, *, descending: bool, limit: int, offset: int) -> Page:
    """The conversations from `offset` on, at most `limit`."""
    counts = _Counts(ask, wanted)
    ids, tags, words = _chosen(ask, wanted)
    if wanted.snoozed:
        some = {row["id"] for row in ask("snoozed_ids", now=wanted.now, most=FEW)}
        ids = some if ids is None else ids & some
    values: dict[str, Any] = {
        "now": wanted.now,
        "status": wanted.status,
        "owned": None if wanted.operator is None else 1,
        "operator": wanted.operator or None,
        "unread": 1 if wanted.unread else None,
        "snoozed": None if wanted.snoozed is None else int(wanted.snoozed),
        "tags": json.dumps(tags) if tags else None,
        "words": json.dumps(words) if words else None,
        "ids": None if ids is None else json.dumps(sorted(ids)),
    }

    def rows(way: str, by: Sort = sort, limit: int = limit, offset: int = offset, **more: Any) -> list[Any]:
        statement = name_of(way, by, descending)
        return ask(statement, **{**values, "limit": limit, "offset": offset, **more}).fetchall()

    if ids is not None:
        total = ask("inbox_set_counted", **values).fetchone()["number"] if ids else 0
        return Page(rows("set") if total > offset else [], total)
    found = _walked(wanted, counts, sort, descending, limit, offset, rows)
    if not tags and not words:
        asleep = 0
        if wanted.snoozed is False:
            asleep = ask("snoozed_counted", **values).fetchone()["number"]
        return Page(found, counts.total(wanted.unread) - asleep)
    total = ask("inbox_recent_counted", **values).fetchone()["number"]
    return Page(found, max(total, offset + len(found) + (len(found) == limit)), exact=False)


def _walked(
    wanted: Wanted,
    counts: "_Counts",
    sort: Sort,
    descending: bool,
    limit: int,
    offset: int,
    rows: Callable[..., list[Any]],
) -> list[Any]:
    way = _way(wanted, counts, sort)
    if way or sort != "unread":
        return rows(way or ("created" if sort == "created" else "recent"))
    # Those that are read follow, or precede, those that are not: two walks, one after the other.
    if wanted.unread:
        return rows("most")
    unread, read = counts.total(True), counts.total(False) - counts.total(True)
    if descending:
        found = rows("most", unread=1) if offset < unread else []
        left = limit - len(found)
        return found + (rows("recent", "last", left, max(offset - unread, 0), unread=0) if left else [])
    found = rows("recent", "last", unread=0) if offset < read else []
    left = limit - len(found)
    return found + (rows("most", "unread", left, max(offset - read, 0), unread=1) if left else [])


def _way(wanted: Wanted, counts: "_Counts", sort: Sort) -> str:
    """The index that leads to the fewest rows; "" for that of the order alone."""
    few = counts.total(False) <= FEW
    if wanted.status is not None and wanted.operator is not None and (few or sort == "last"):
        return "both"
    if wanted.status is None and wanted.operator is not None and few:
        return "owner"
    if wanted.unread and sort == "last" and (wanted.status is None or counts.all_unread <= counts.total(False)):
        return "unread"
    return "status" if wanted.status is not None and (few or sort == "last") else ""


def _chosen(ask: Ask, wanted: Wanted) -> tuple[set[str] | None, list[str], list[str]]:
    """The conversations that bear what few bear (None: nothing asked for is rare), and the tags and words that are left
    to ask of each."""
    ids: set[str] | None = None
    tags, words = [], []
    for tag in wanted.tags:
        found = {row["conversation_id"] for row in ask("tagged", tag=tag, most=FEW + 1)}
        if len(found) > FEW:
            tags.append(tag)
        else:
            ids = found if ids is None else ids & found
    for word in wanted.words:
        found = {row["id"] for row in ask("worded", word=word, end=f"{word}\U0010ffff", most=FEW + 1)}
        if len(found) > FEW:
            words.append(word)
        else:
            ids = found if ids is None else ids & found
    return ids, tags, words


class _Counts:
    """How many there are, by what is counted as it changes."""

    def __init__(self, ask: Ask, wanted: Wanted) -> None:
        self._totals = {False: 0, True: 0}
        self.all_unread = 0
        for row in ask("conversations_counted"):
            if row["unread"]:
                self.all_unread += row["number"]
            mine = wanted.operator is None or row["operator_id"] == wanted.operator
            if mine and (row["status"] == wanted.status if wanted.status else row["status"] != "spam"):
                self._totals[False] += row["number"]
                self._totals[True] += row["number"] * row["unread"]

    def total(self, unread: bool) -> int:
        """Of those that are wanted, tags and words aside."""
        return self._totals[unread]
