"""Whose chat is whose. Each function is part of a transaction of its caller's, so that nobody is given a chat too many
and no chat is given twice, whichever process asks."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from wabot.language.responses.handoff import ANYONE
from wabot.model.people import Called, Choice, Choose, Operator
from wabot.model.turn import Turn
from wabot.store.sqlite.queries import Ask

_NOTE_APART: Final = 600_000
"""Milliseconds between two notes to the owner about one chat."""
_HOUR: Final = 3_600_000
_NOTES_AN_HOUR: Final = 20


def operators(ask: Ask) -> tuple[Operator, ...]:
    """Everybody who answers for the tenant, by e-mail."""
    return tuple(operator(row) for row in ask("operators_at_work"))


def operator(row: Any) -> Operator:
    """A row of the table operators, with `open_chats`."""
    return Operator(
        email=row["email"],
        name=row["name"],
        role=row["role"],
        status=row["status"],
        capacity=row["max_concurrent_chats"],
        hours=row["working_hours"],
        teams=frozenset(json.loads(row["teams"])),
        last_assigned=row["last_assigned_at"],
        open_chats=row["open_chats"],
        present=row["present_at"] is not None,
    )


def heard(ask: Ask, turn: Turn, conversation: str, sequence: Callable[[], int]) -> None:
    """What a turn means for the people, once its conversation is written: somebody is called, or must look."""
    if turn.assigned_to is None and not turn.pending:
        return
    told = turn.called is not None and turn.called.told
    ask("conversation_waits", id=conversation, told=int(told), at=turn.at)
    if turn.called is not None:
        row = ask("conversation_by_id", id=conversation).fetchone()
        _give(ask, row, _choice(turn.called.choose, row, operators(ask)), turn.at)
        _note(ask, turn.called, turn, conversation, sequence)


def distribute(ask: Ask, choose: Choose, at: int, patience: int | None = None) -> int:
    """Give the chats that wait to those who are free, the longest-waiting first. Chats of people who have left before
    they answered go to others, and so do those whose customer wrote again to somebody who is not there, or has waited
    for more than `patience` milliseconds. Returns how many chats changed hands."""
    people = operators(ask)
    if not people:
        return 0
    changed = 0
    for row in ask("conversations_unanswered").fetchall():
        if _offer_again(ask, choose, row, people, at, patience):
            changed += 1
            people = operators(ask)
    chosen: dict[tuple[Any, ...], Choice] = {}
    for row in ask("conversations_waiting").fetchall():
        asked = (row["assigned_to"], row["email"], row["former"], bool(row["handed_on"]))
        if _is_overdue(row, at, patience) and (row["email"] or _for_one(row)):
            moved = _offer_again(ask, choose, row, people, at, patience)
        else:
            if asked not in chosen:
                chosen[asked] = _choice(choose, row, people)
            moved = _give(ask, row, chosen[asked], at)
        if moved:
            changed += 1
            people, chosen = operators(ask), {}
    return changed


def _choice(choose: Choose, row: Any, people: Sequence[Operator]) -> Choice:
    """Who gets a chat. One that was settled goes back to whoever had it, if they are free; one that was taken from
    somebody goes to them again only when nobody else is."""
    wanted, current, former = row["assigned_to"], row["email"], row["former"]
    if not current and former:
        first = [one for one in people if (one.email == former) is not bool(row["handed_on"])]
        choice = choose(wanted, "", first)
        if choice.operator:
            return choice
    return choose(wanted, current, people)


def _offer_again(ask: Ask, choose: Choose, row: Any, people: Sequence[Operator], at: int, patience: int | None) -> bool:
    """A chat whose customer has waited too long, or for somebody who is not there, goes to somebody else; to nobody
    yet where nobody is free and whoever had it is gone."""
    current, wanted = row["email"], row["assigned_to"]
    overdue = _is_overdue(row, at, patience)
    there = bool(current) and choose(wanted, current, people).operator == current
    alone = _for_one(row) and current in ("", wanted.partition(":")[2].lower())
    if not overdue and (there or alone or not current):
        return False
    anybody = ANYONE if alone else wanted
    others = [one for one in people if one.email != current]
    chosen = choose(anybody, "", others).operator
    if not chosen and (there or alone or not current):
        return False
    moved = ask(
        "conversation_hand_on", id=row["id"], wanted=anybody, email=chosen, before=row["operator_id"], at=at
    ).rowcount
    if moved and chosen:
        ask("operator_got", email=chosen, at=at)
    return bool(moved)


def _for_one(row: Any) -> bool:
    return bool(row["assigned_to"].startswith("operator:"))


def _is_overdue(row: Any, at: int, patience: int | None) -> bool:
    """A chat that somebody put aside for a while waits for that."""
    if row["snoozed_until"] is not None and row["snoozed_until"] > at:
        return False
    return patience is not None and at - max(row["since"], row["assigned_at"] or 0) >= patience


def _give(ask: Ask, row: Any, choice: Choice, at: int) -> bool:
    """Give one chat to whom it is for. One that is meant for nobody but whoever has it stays there."""
    before, chosen = row["operator_id"], choice.operator
    if chosen == row["email"] or (before and row["assigned_to"].lower() == f"operator:{row['email']}"):
        return False
    if not chosen:
        return ask("conversation_free", id=row["id"], before=before, at=at).rowcount == 1
    given = ask("conversation_claim", id=row["id"], email=chosen, before=before, at=at).rowcount == 1
    if given:
        ask("operator_got", email=chosen, at=at)
    return given


def _note(ask: Ask, called: Called, turn: Turn, conversation: str, sequence: Callable[[], int]) -> None:
    if called.note:
        ask(
            "note_add",
            id=called.note_id,
            conversation=conversation,
            chat=called.number,
            text=called.note,
            rule=turn.outcomes[0].rule if turn.outcomes else "",
            at=turn.at,
            sequence=sequence(),
            since=turn.at - _NOTE_APART,
            since_long=turn.at - _HOUR,
            most=_NOTES_AN_HOUR,
        )
