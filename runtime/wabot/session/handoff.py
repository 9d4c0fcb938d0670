"""A rule called a person: who gets the chat, what the owner is told, and the look whether somebody is free by now."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from wabot.engine import effects
from wabot.engine.assignment import chooser
from wabot.engine.decide import Decision
from wabot.engine.render import tells_to_wait
from wabot.language.responses.handoff import SmartRoute
from wabot.language.rule_set import Answer, RuleSet, Tenant
from wabot.language.texts import TEXTS
from wabot.model.alert import Alert
from wabot.model.context import Context
from wabot.model.errors import StoreError
from wabot.model.ids import uuid7
from wabot.model.masked import masked
from wabot.model.message import Message
from wabot.model.people import Called, Limits
from wabot.model.visible import on_one_line
from wabot.ports import Clock, Store

_QUOTED: Final = 200
"""Characters of the customer's message that a note holds."""
_LOOK: Final = 5.0
"""Seconds between looks whether a chat that waits can go to somebody: working hours begin without a word."""


def called(rule_set: RuleSet, decision: Decision, message: Message, context: Context) -> Called | None:
    """What follows when the decision calls a person; None when it does not."""
    answer = _caller(decision)
    if answer is None:
        return None
    tenant = rule_set.tenant
    choose = chooser(tenant, context.now)
    told = any(tells_to_wait(rule_set, answer, context) for answer in decision.answers)
    if tenant.handoff.notify == "self":
        return Called(choose, note(tenant, answer, message, context), tenant.phone, uuid7(context.now), told=told)
    return Called(choose, told=told)


def _caller(decision: Decision) -> Answer | None:
    return next((answer for answer in decision.answers if effects.called(answer)), None)


def note(tenant: Tenant, answer: Answer, message: Message, context: Context) -> str:
    """What the owner reads in the shop's chat with itself: who waits, why, and what they wrote."""
    phone, name = context.contact.phone or message.phone or message.chat, context.contact.name or message.name
    who = f"{on_one_line(name)} ({phone})" if name.strip() else phone
    said = " ".join(on_one_line(message.text).split()) or f"({message.type})"
    return TEXTS[tenant.language]["note"].format(
        who=who, why=why(answer), said=said if len(said) <= _QUOTED else f"{said[: _QUOTED - 1]}…"
    )


def waiting(decision: Decision, message: Message) -> Alert:
    """What those behind the tenant are told: which chat waits, without telling who it is, and why."""
    answer = _caller(decision)
    reason = "" if answer is None else f": {why(answer)}"
    return Alert("handoff", f"The chat {masked(message.chat)} waits for a person{reason}")


def why(answer: Answer) -> str:
    """The rule that called, and the route that it named."""
    rule = answer.rule
    route = rule.response.route if isinstance(rule.response, SmartRoute) else ""
    return f"{rule.name or rule.id} ({route})" if route else rule.name or rule.id


def own_number(tenant: Tenant, message: Message) -> bool:
    """Whether this is the shop's chat with itself: notes, and whatever its people keep there."""
    return message.chat_kind == "direct" and tenant.phone in (message.chat, message.phone)


async def look(store: Store, clock: Clock, tenant: Callable[[], Tenant]) -> None:
    """Give chats that wait to those who are free, and those that wait too long to others, until cancelled."""
    while True:
        with suppress(StoreError):  # whoever sends says so
            now, live = clock.now(), tenant()
            limits = Limits(live.handoff.answer_within, live.handoff.absent_after)
            await store.people.distribute(chooser(live, now), now, limits)
        # Not the session's clock: one that follows a script would be moved on by the waiting.
        await asyncio.sleep(_LOOK)
