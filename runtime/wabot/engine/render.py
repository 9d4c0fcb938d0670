"""The reply as the customer will read it."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from wabot.engine.assignment import chooser
from wabot.engine.decide import Answer
from wabot.engine.effects import called
from wabot.engine.hours import is_open, local, local_day, next_open_text, today_text
from wabot.language.responses.handoff import ForwardToCs, SmartRoute
from wabot.language.responses.media import Media
from wabot.language.responses.menu import Menu
from wabot.language.responses.nothing import Nothing
from wabot.language.rule_set import Rule, RuleSet
from wabot.language.template import MAX_OUTPUT, Template
from wabot.language.texts import built_in
from wabot.model.context import Context
from wabot.model.errors import RenderError
from wabot.model.message import Message
from wabot.model.value import value

NAMELESS: Final = "Kak"
_TWICE: Final = re.compile(r"\b(kak) Kak\b", re.IGNORECASE)
_ADDRESSES: Final = frozenset(
    ("pak", "bapak", "bpk", "bu", "ibu", "mas", "mbak", "kak", "kakak", "bang", "abang", "om", "tante", "h", "hj")
)
"""Forms of address that Indonesians write before their names; no one is greeted "Halo kak Pak"."""


@value
class Said:
    """What a customer gets: a text, or a file of the tenant's with the text as its caption. Neither: the rule answers
    without a reply."""

    text: str
    media: Path | None = None

    @property
    def silent(self) -> bool:
        return not self.text and self.media is None


SILENCE: Final = Said("")


def render(rule_set: RuleSet, answer: Answer, message: Message, context: Context) -> Said:
    """What `answer` sends.

    Raises:
        RenderError: the text names what is undefined, fails, is endless or too long, or comes out empty; or the file
            is not there.
    """
    response = answer.rule.response
    calls = called(answer)
    chat = context.conversation
    waits = bool(calls and chat.status == "pending" and chat.assigned_to)
    unattended = tells_to_wait(rule_set, answer, context)
    if isinstance(response, Nothing) or (waits and not unattended):
        return SILENCE  # a chat that waits for a person is not told so twice
    text = _template(rule_set, answer, context)
    said = "" if text is None else render_text(rule_set, text, message, context, answer.groups)
    if unattended:
        nobody = rule_set.tenant.handoff.nobody or built_in(rule_set.tenant.language, "nobody")
        told = render_text(rule_set, nobody, message, context, answer.groups)
        # The shop's own words stand; wabot's would promise what is not so.
        own = response.messages and answer.act not in ("forward_to_cs", "give_up") and not waits
        said = f"{said}\n\n{told}" if own else told
    if isinstance(response, Media):
        if response.path is None:
            raise RenderError(f"there is no file {response.file} in media/")
        return Said(said, response.path)
    if not said:
        raise RenderError("the text comes out empty")
    if isinstance(response, Menu) and answer.act in ("", "chosen", "back"):
        said = f"{said}\n\n{options_text(response)}"
    return Said(said)


def tells_to_wait(rule_set: RuleSet, answer: Answer, context: Context) -> bool:
    """Whether `answer` calls somebody, nobody is there who could take the chat, and the customer was not told so since
    the chat waits. Where nobody answers in wabot, nobody knows who is there."""
    wanted, chat, people = called(answer), context.conversation, context.operators
    if not wanted or not people or (chat.status == "pending" and chat.told_to_wait):
        return False
    return chooser(rule_set.tenant, context.now)(wanted, chat.operator, people).nobody


def options_text(menu: Menu) -> str:
    """The options as the customer reads them, a line each."""
    return "\n".join(f"{option.key}{'.' if option.key.isdigit() else ':'} {option.label}" for option in menu.options)


def _template(rule_set: RuleSet, answer: Answer, context: Context) -> Template | None:
    response, language = answer.rule.response, rule_set.tenant.language
    if answer.act in ("forward_to_cs", "give_up"):
        return built_in(language, "forwarded")
    if answer.act == "close":
        return built_in(language, "closed")
    if answer.act == "invalid" and isinstance(response, Menu):
        keys = ", ".join(option.key for option in response.options)
        return response.invalid or built_in(language, "invalid", options=keys)
    if response.messages:
        return response.messages[_turn(rule_set, answer.rule, context) % len(response.messages)]
    return built_in(language, "forwarded") if isinstance(response, ForwardToCs | SmartRoute) else None


def _turn(rule_set: RuleSet, rule: Rule, context: Context) -> int:
    """How often the rule has answered this contact today: which of several messages is next."""
    used = context.usage.get(rule.id) if len(rule.response.messages) > 1 else None
    return used.count if used is not None and used.day == local_day(context.now, rule_set.tenant.timezone) else 0


def render_text(
    rule_set: RuleSet, template: Template, message: Message, context: Context, groups: Mapping[str, str]
) -> str:
    """As `render`, for any text of the tenant's (a quick reply, say)."""
    if template.plain:
        if len(template.source) > MAX_OUTPUT:
            raise RenderError(f"the text is longer than the {MAX_OUTPUT:,} characters that WhatsApp takes")
        return template.source
    text = template.render(_values(rule_set, message, context, groups))
    # "Halo kak {{ first_name }}" to somebody whose name nobody knows.
    return text if contact_named(message, context) else _TWICE.sub(r"\1", text)


def contact_named(message: Message, context: Context) -> bool:
    """Whether anything is known that this customer is called."""
    return bool((context.contact.name or message.name).strip())


def first_name(name: str) -> str:
    """Pak Dedi Kurniawan → Dedi. A form of address alone is kept."""
    words = name.split()
    if len(words) > 1 and words[0].rstrip(".").casefold() in _ADDRESSES:
        return words[1]
    return words[0]


def _values(rule_set: RuleSet, message: Message, context: Context, groups: Mapping[str, str]) -> dict[str, Any]:
    tenant, contact, conversation = rule_set.tenant, context.contact, context.conversation
    name = (contact.name or message.name).strip() or NAMELESS
    now = local(context.now, tenant.timezone)
    return {
        "name": name,
        "first_name": first_name(name),
        "phone": contact.phone or message.phone,
        "message": message.text,
        "now": now,
        "tenant": {
            "id": tenant.id,
            "name": tenant.name,
            "phone": tenant.phone,
            "language": tenant.language,
            "timezone": str(tenant.timezone),
        },
        "vars": tenant.vars,
        "hours": _HoursNow(rule_set, now),
        "match": groups,
        "conversation": {
            "status": conversation.status,
            "priority": conversation.priority,
            "tags": sorted(conversation.tags),
            "messages": conversation.earlier_messages + 1,
        },
        "contact": {
            "name": contact.name,
            "phone": contact.phone,
            "tags": sorted(contact.tags),
            "orders": contact.orders,
            "segment": contact.segment,
        },
    }


class _HoursNow:
    """What texts say of the hours; worked out only if they do."""

    __slots__ = ("_now", "_rule_set")

    def __init__(self, rule_set: RuleSet, now: datetime) -> None:
        self._rule_set, self._now = rule_set, now

    @property
    def today(self) -> str:
        return today_text(self._rule_set.hours, self._now, self._rule_set.tenant.language)

    @property
    def next_open(self) -> str:
        return next_open_text(self._rule_set.hours, self._now, self._rule_set.tenant.language)

    @property
    def open(self) -> bool:
        return is_open(self._rule_set.hours, self._now)
