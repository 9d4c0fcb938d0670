"""The one question after a settled chat, and the answer to it."""

from collections.abc import Callable
from dataclasses import replace

from wabot.engine import csat, follow_ups
from wabot.engine.rating import rating
from wabot.language.rule_set import RuleSet, Tenant
from wabot.model.context import WHOLE_CONTACT, Context
from wabot.model.csat import RATED, SURVEY
from wabot.model.ids import uuid7
from wabot.model.turn import NewFollowUp, NewReply, Turn


def survey(tenant: Tenant, chat: str, now: int) -> NewFollowUp | None:
    """What the customer is asked when their chat is settled `now`; None when this tenant asks nothing."""
    if not tenant.csat.enabled:
        return None
    return NewFollowUp(uuid7(now), chat, csat.question(tenant), SURVEY, now + tenant.csat.wait)


def with_rating(rule_set: RuleSet, turn: Turn, context: Context, delay: Callable[[], int]) -> Turn:
    """The turn with what an answer to that question means, if it is one: it is counted, and the customer is thanked
    after so many milliseconds."""
    if turn.reason != RATED:
        return turn
    rated = replace(turn, rating=rating(turn.message))
    text = csat.thanks(rule_set, turn.message, context)
    if not text:
        return rated
    reply = NewReply(uuid7(turn.at), text, SURVEY, turn.at + delay())
    return replace(rated, replies=(reply,), usage={WHOLE_CONTACT: follow_ups.used(rule_set, context)})
