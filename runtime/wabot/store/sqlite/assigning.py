"""Whose chat is whose. Each function is part of a transaction of its caller's, so that nobody is given a chat too many
and no chat is given twice, whichever process asks."""

import json
from collections.abc import Callable
from typing import Any, Final

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
    )


def heard(ask: Ask, turn: Turn, conversation: str, sequence: Callable[[], int]) -> None:
    """What a turn means for the people, once its conversation is written: somebody is called, or must look."""
    if turn.assigned_to is None and not turn.pending:
        return
    told = turn.called is not None and turn.called.told
    ask("conversation_waits", id=conversation, told=int(told), at=turn.at)
    if turn.called is not None:
        row = ask("conversation_by_id", id=conversation).fetchone()
        _give(ask, row, turn.called.choose(row["assigned_to"], row["email"], operators(ask)), turn.at)
        _note(ask, turn.called, turn, conversation, sequence)


def distribute(ask: Ask, choose: Choose, at: int) -> int:
    """Give the chats that wait to those who are free, the longest-waiting first. Chats of people who have left before
    they answered go to others. Returns how many chats changed hands."""
    people = operators(ask)
    if not people:
        return 0
    changed = 0
    chosen: dict[tuple[str, str], Choice] = {}
    for row in ask("conversations_waiting").fetchall():
        asked = (row["assigned_to"], row["email"])
        if asked not in chosen:
            chosen[asked] = choose(*asked, people)
        if _give(ask, row, chosen[asked], at):
            changed += 1
            people, chosen = operators(ask), {}
    return changed


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
