"""What customers are asked after their chat was settled, from the question to the answer. Each function is part of a
transaction of its caller's."""

from typing import Any

from wabot.model.csat import ANSWER_WITHIN
from wabot.model.turn import NewFollowUp
from wabot.store.sqlite.following import add_follow_up, pending_follow_up
from wabot.store.sqlite.queries import Ask


def ask_opinion(ask: Ask, conversation: Any, survey: NewFollowUp, at: int) -> bool:
    """Plan the question to the customer of a conversation that is being settled; `conversation` is its row before that.
    False when they are not asked: no person answered there, they have been silent for long, they wrote nothing since
    they were asked last, or a person has a reminder pending there."""
    if not conversation["taken_by"] or at - (conversation["last_customer_at"] or 0) > ANSWER_WITHIN:
        return False
    last = ask("survey_last", conversation=conversation["id"]).fetchone()
    if last is not None and conversation["last_customer_at"] <= last["settled_at"]:
        return False
    if pending_follow_up(ask, conversation["id"]) is not None:
        return False
    add_follow_up(ask, survey, conversation["id"], at, "")
    ask(
        "survey_add",
        id=survey.id,
        conversation=conversation["id"],
        operator=conversation["operator_id"] or "",
        at=at,
    )
    return True


def rate(ask: Ask, conversation: str, score: int, message: str, at: int) -> None:
    """The customer answered with `score` (1 to 5) in that message: it counts for whoever had the chat."""
    found = ask("survey_open", conversation=conversation, since=at - ANSWER_WITHIN).fetchone()
    if found is not None and ask("survey_answer", id=found["id"], score=score, at=at, message=message).rowcount == 1:
        ask("operator_rated", operator=found["operator_id"], score=score)
