"""The reply as the customer will read it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from wabot.engine.decide import Answer
from wabot.engine.hours import is_open, local, next_open_text, today_text
from wabot.language.rule_set import RuleSet
from wabot.language.template import MAX_OUTPUT, Template
from wabot.model.context import Context
from wabot.model.errors import RenderError
from wabot.model.message import Message

NAMELESS: Final = "Kak"
_ADDRESSES: Final = frozenset(
    ("pak", "bapak", "bpk", "bu", "ibu", "mas", "mbak", "kak", "kakak", "bang", "abang", "om", "tante", "h", "hj")
)
"""Forms of address that Indonesians write before their names; no one is greeted "Halo kak Pak"."""


def render(rule_set: RuleSet, answer: Answer, message: Message, context: Context) -> str:
    """The text that `answer` sends.

    Raises:
        RenderError: the text names what is undefined, fails, is endless or too long, or comes out empty.
    """
    text = render_text(rule_set, answer.rule.response.template, message, context, answer.groups)
    if not text:
        raise RenderError("the text comes out empty")
    return text


def render_text(
    rule_set: RuleSet, template: Template, message: Message, context: Context, groups: Mapping[str, str]
) -> str:
    """As `render`, for any text of the tenant's (a quick reply, say)."""
    if template.plain:
        if len(template.source) > MAX_OUTPUT:
            raise RenderError(f"the text is longer than the {MAX_OUTPUT:,} characters that WhatsApp takes")
        return template.source
    return template.render(_values(rule_set, message, context, groups))


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
