"""What people read and do in a team's inbox. Each function is part of a transaction of its caller's: whoever comes
first has a chat, whichever process asks, and the one who comes second is told."""

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from wabot.model.people import Choose
from wabot.model.turn import NewFollowUp
from wabot.store.sqlite.answering import settle
from wabot.store.sqlite.assigning import distribute
from wabot.store.sqlite.operating import TAKEN, silence
from wabot.store.sqlite.queries import Ask

_NEWEST: Final = (2**62, 1, "~")
"""Where a page begins that begins with the newest message."""


class Taken(NamedTuple):
    """How an order to have a chat went. `row` is the chat as it is now, `cancelled` how much the bot leaves unsaid."""

    done: bool
    row: Any
    cancelled: int = 0


def conversation(ask: Ask, id: str) -> Any | None:
    """The row of a conversation, with its customer's name and number, and whoever has it."""
    return ask("inbox_conversation", id=id).fetchone()


def messages_before(ask: Ask, chat: str, before: Any | None, most: int) -> tuple[list[Any], bool]:
    """The messages of a conversation before one of them (None: the last ones), oldest first, and whether there are
    more."""
    at, ours, id = _NEWEST if before is None else _place(before)
    rows = ask("inbox_messages_before", conversation=chat, at=at, ours=ours, id=id, limit=most + 1).fetchall()
    return rows[:most][::-1], len(rows) > most


def messages_after(ask: Ask, chat: str, after: Any, most: int) -> tuple[list[Any], bool]:
    """The messages of a conversation after one of them, oldest first, and whether there are more."""
    at, ours, id = _place(after)
    rows = ask("inbox_messages_after", conversation=chat, at=at, ours=ours, id=id, limit=most + 1).fetchall()
    return rows[:most], len(rows) > most


def claim(ask: Ask, id: str, operator: Any, at: int, *, force: bool = False) -> Taken:
    """Give a chat to an operator (a row) who asks for it, when nobody else has it, or by `force`. Whoever was offline
    or away is busy from then on: the chat would else be offered to others at once."""
    done = ask("conversation_take", id=id, operator=operator["id"], at=at, force=int(force)).rowcount == 1
    if done:
        ask("operator_is_here", id=operator["id"], at=at)
        ask("operator_got", email=operator["email"], at=at)
    return Taken(done, conversation(ask, id))


def take_over(ask: Ask, id: str, operator: Any | None, until: int, at: int, *, force: bool) -> Taken:
    """As `claim`, and the bot is silent in the chat until then: what it was about to say there is not said. Without an
    operator (somebody who runs the tenant and answers nobody's chats) whoever has the chat keeps it."""
    before = conversation(ask, id)
    if before is None or before["status"] == "spam":
        return Taken(False, before)
    if operator is not None and not claim(ask, id, operator, at, force=force).done:
        return Taken(False, before)
    cancelled = silence(ask, id)
    ask("follow_ups_of_rules_cancel", conversation=id, reason=TAKEN, at=at, since=2**62)
    ask("conversation_silenced", id=id, until=until, at=at)
    return Taken(True, conversation(ask, id), cancelled)


def change(
    ask: Ask,
    id: str,
    at: int,
    *,
    priority: str | None = None,
    tags: Sequence[str] | None = None,
    category: str | None = None,
    notes: str | None = None,
) -> None:
    """Change what people note about a chat; None leaves it."""
    ask(
        "conversation_change",
        id=id,
        priority=priority,
        tags=None if tags is None else json.dumps(sorted(set(tags)), ensure_ascii=False),
        category=category,
        notes=notes,
        at=at,
    )


def become(ask: Ask, row: Any, status: str, choose: Choose, at: int, survey: NewFollowUp | None = None) -> None:
    """Give a chat the status that a person says. `survey` is what the customer is asked once it is resolved."""
    if status == row["status"]:
        return
    if status == "resolved":
        settle(ask, row["id"], choose, at, survey)
        return
    ask("conversation_becomes", id=row["id"], status=status, at=at)
    if status == "spam":
        silence(ask, row["id"])
    distribute(ask, choose, at)


def looked(ask: Ask, row: Any, upto: int) -> int:
    """A person has looked at a chat up to what came at `upto` (UTC milliseconds); how many messages became read."""
    ask("conversation_looked", id=row["id"], upto=upto)
    left: int = ask("conversation_by_id", id=row["id"]).fetchone()["unread_count"]
    return int(row["unread_count"]) - left


def looked_at(ask: Ask, ids: Sequence[str]) -> int | None:
    """A person has looked at these messages, and so at all before them in their chats; how many became read. None when
    there is none of them."""
    rows = ask("messages_latest", ids=json.dumps(ids)).fetchall()
    if not rows:
        return None
    return sum(looked(ask, conversation(ask, row["conversation_id"]), row["at"]) for row in rows)


def _place(row: Any) -> tuple[int, int, str]:
    return row["created_at"], int(row["sender_type"] != "customer"), row["id"]
