"""Who of a tenant's operators asks, and who gets a chat."""

from collections.abc import Callable
from typing import Any, Final

from wabot.api.guard import Who
from wabot.api.house import House
from wabot.api.problems import Problem
from wabot.engine.assignment import chooser, stays
from wabot.language.rule_set import Handoff
from wabot.model.people import Choose
from wabot.model.turn import NewFollowUp
from wabot.session.csat import survey
from wabot.store.sqlite.queries import Ask

ME: Final = "me"


def operator_of(ask: Ask, who: Who) -> Any | None:
    """The operator that whoever asks is in this tenant; None for an API key, and for whoever answers no chats."""
    return ask("operator_by_email", email=who.email.lower()).fetchone() if who.email else None


def author(ask: Ask, who: Who) -> tuple[str, str]:
    """The e-mail address ("" for none) and the name under which whoever asks writes."""
    operator = operator_of(ask, who)
    return who.email.lower(), who.name if operator is None else operator["name"]


def held(row: Any) -> Problem:
    """409: somebody else has the chat."""
    by = {"id": row["operator_id"], "name": row["operator_name"]}
    return Problem(409, f"{row['operator_name']} has this chat.", "ALREADY_TAKEN", heldBy=by)


async def choosing(house: House, tenant: str, now: int) -> Choose:
    """Who gets a chat that waits, as the tenant has it; where there are no sound rules, all stays as it is."""
    rules = await house.rules(tenant)
    return chooser(rules.tenant, now) if rules is not None else stays


async def surveying(house: House, tenant: str, now: int) -> Callable[[str], NewFollowUp | None]:
    """What the customer of a chat is asked when it is settled `now`."""
    rules = await house.rules(tenant)
    return lambda chat: None if rules is None else survey(rules.tenant, chat, now)


async def pause_of(house: House, tenant: str) -> int:
    """Milliseconds for which the bot is silent in a chat after a person wrote there."""
    rules = await house.rules(tenant)
    return (Handoff() if rules is None else rules.tenant.handoff).pause
