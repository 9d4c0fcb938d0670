"""One page of the contacts, in any order and by any filter, and how many there are: without looking through them
all."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from wabot.store.sqlite.contact_statements import contact_statement
from wabot.store.sqlite.list_statements import MOST
from wabot.store.sqlite.listing import FEW, Page, at_least, counted, numbered
from wabot.store.sqlite.queries import Ask


class Sought(NamedTuple):
    """Which contacts are meant: whose name or number holds words that begin as each of `words` (as `words_of` makes
    them); who bear all of `tags`, at most `MOST` of these two; `inactive_before` is the moment (UTC milliseconds) since
    which a customer who is not inactive has written."""

    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    segment: str = ""
    blocked: bool | None = None
    inactive_before: int = 0


def contacts_page(ask: Ask, sought: Sought, order: str, *, descending: bool, limit: int, offset: int = 0) -> Page:
    """Rows of the table contacts, in one of `contact_statements.ORDERS`."""
    values = _values(sought)
    way, rarest, number = min(_ways(ask, sought), key=lambda one: one[2], default=("all", "", FEW + 1))
    if number <= FEW:
        statement = contact_statement(way, order, descending=descending)
        return counted(ask, statement, limit, offset, **values, rarest=rarest)
    rows = ask(contact_statement("all", order, descending=descending), **values, limit=limit, offset=offset).fetchall()
    if sought == Sought(inactive_before=sought.inactive_before):
        return Page(rows, int(ask("contacts_counted").fetchone()["number"]))
    return at_least(rows, limit, offset)


def contacts_after(ask: Ask, sought: Sought, after: str, limit: int) -> list[Any]:
    """The contacts that follow on the one with the id `after`, by their ids."""
    return ask("contacts_after", **_values(sought), after=after, limit=limit).fetchall()


def segments(ask: Ask, inactive_before: int) -> dict[str, int]:
    """How many contacts are in each segment."""
    found = dict.fromkeys(("new", "regular", "vip", "inactive"), 0)
    for row in ask("contacts_by_segment", inactive_before=inactive_before):
        gone, name = 0 if row["segment_manual"] else row["gone"], row["segment_manual"] or row["segment"] or "new"
        found[name] = found.get(name, 0) + row["number"] - gone
        found["inactive"] += gone
    return found


def _ways(ask: Ask, sought: Sought) -> list[tuple[str, str, int]]:
    """The ways to what is sought, with how many lie there."""

    def number(statement: str, **values: Any) -> int:
        return int(ask(statement, most=FEW + 1, **values).fetchone()["number"])

    found = [("tag", tag, number("contacts_tagged", what=tag)) for tag in sought.tags]
    found += [("word", word, number("worded", what=word)) for word in sought.words]
    if sought.blocked:
        found.append(("blocked", "", number("contacts_barred")))
    if sought.segment:
        few = {"rarest": sought.segment, "inactive_before": sought.inactive_before}
        found.append(("segment", sought.segment, number("contacts_in_segment", **few)))
    return found


def _values(sought: Sought) -> dict[str, Any]:
    few: Sequence[str] = sought.words[:MOST]
    return {
        "segment": sought.segment or None,
        "blocked": None if sought.blocked is None else int(sought.blocked),
        "inactive_before": sought.inactive_before,
        **numbered("tag", sought.tags),
        **numbered("word", few),
    }
