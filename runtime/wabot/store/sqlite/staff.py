"""The people who answer, as a person orders it: each order is one transaction beside the session that runs."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from wabot.model.ids import uuid7
from wabot.model.people import Availability, Choose, Operator, Role
from wabot.model.stored import StoredOperator
from wabot.store.sqlite.assigning import distribute, operator
from wabot.store.sqlite.operating import writing
from wabot.store.sqlite.queries import Ask


class Change(NamedTuple):
    """What is to be different about an operator; None leaves it. `hours` as in `Operator`."""

    name: str | None = None
    role: Role | None = None
    status: Availability | None = None
    capacity: int | None = None
    hours: str | None = None
    teams: frozenset[str] | None = None


def stored_operators(ask: Ask) -> list[StoredOperator]:
    """Everybody, by e-mail, with what they did."""
    return [_stored(row) for row in ask("operators_at_work")]


def disabled_operators(ask: Ask) -> list[StoredOperator]:
    """Those who answer no longer, by e-mail, with what they did."""
    return [_stored(row) for row in ask("operators_disabled")]


def put_operator(ask: Ask, new: Operator, choose: Choose, at: int) -> bool:
    """False when somebody has that e-mail address already, and is not disabled. Chats that wait may become theirs at
    once."""
    added = ask(
        "operator_add",
        id=uuid7(at),
        email=new.email,
        name=new.name,
        role=new.role,
        status=new.status,
        capacity=new.capacity,
        hours=new.hours,
        teams=_teams(new.teams),
        at=at,
    )
    distribute(ask, choose, at)
    return added.rowcount == 1


def set_operator(ask: Ask, email: str, change: Change, choose: Choose, at: int) -> bool:
    """False when there is nobody of that address. Whoever goes offline gives back the chats in which they have not
    answered; whoever gets free is given those that wait longest."""
    wanted = {**change._asdict(), "teams": None if change.teams is None else _teams(change.teams)}
    found = ask("operator_set", email=email, at=at, **wanted).rowcount == 1
    if change.status == "offline":
        ask("operator_gives_back", email=email, at=at)
    distribute(ask, choose, at)
    return found


def disable_operator(ask: Ask, email: str, choose: Choose, at: int) -> bool:
    """False when there is nobody of that address who works. Their chats are nobody's, and they are given no others;
    what they wrote and did stays."""
    ask("operator_leaves", email=email, at=at)
    found = ask("operator_disable", email=email, at=at).rowcount == 1
    distribute(ask, choose, at)
    return found


def add_operator(folder: Path, tenant: str, new: Operator, choose: Choose, at: int) -> bool:
    """`put_operator` as an order of the command line.

    Raises:
        StoreError: the store cannot be written; so do the others.
    """
    with writing(folder, tenant) as ask:
        return put_operator(ask, new, choose, at)


def change_operator(folder: Path, tenant: str, email: str, change: Change, choose: Choose, at: int) -> bool:
    """`set_operator` as an order of the command line."""
    with writing(folder, tenant) as ask:
        return set_operator(ask, email, change, choose, at)


def retire_operator(folder: Path, tenant: str, email: str, choose: Choose, at: int) -> bool:
    """`disable_operator` as an order of the command line."""
    with writing(folder, tenant) as ask:
        return disable_operator(ask, email, choose, at)


def reinstate_operator(folder: Path, tenant: str, email: str, at: int) -> bool:
    """False when nobody of that address is disabled. They are offline, as they were left."""
    with writing(folder, tenant) as ask:
        return ask("operator_enable", email=email, at=at).rowcount == 1


def remove_operator(folder: Path, tenant: str, email: str, choose: Choose, at: int) -> bool:
    """False when there is nobody of that address. Their chats are nobody's; what they wrote stays."""
    with writing(folder, tenant) as ask:
        ask("operator_leaves", email=email, at=at)
        found = ask("operator_remove", email=email).rowcount == 1
        distribute(ask, choose, at)
    return found


def _teams(teams: frozenset[str]) -> str:
    return json.dumps(sorted(teams), ensure_ascii=False)


def _stored(row: Any) -> StoredOperator:
    answers = row["total_first_answers"]
    return StoredOperator(
        operator(row),
        handled=row["total_chats_handled"],
        sent=row["total_messages_sent"],
        answers_after=row["total_first_answer_millis"] // answers if answers else None,
        seen=row["last_seen_at"],
    )
