"""Quick replies as people send them: who may use which, and how one reads for a customer."""

from collections.abc import Sequence

from wabot.engine.render import render_text
from wabot.language.regex import NO_GROUPS
from wabot.language.rule_set import QuickReply, RuleSet
from wabot.language.template import Template
from wabot.model.context import Contact, Context, Conversation
from wabot.model.message import Message


def known(replies: Sequence[QuickReply], shortcut: str) -> QuickReply | None:
    """The quick reply that the shortcut names."""
    return next((reply for reply in replies if reply.shortcut == shortcut), None)


def is_for(reply: QuickReply, email: str) -> bool:
    """Whether the operator with that address may use it; "" is nobody in particular."""
    return not reply.operators or email.lower() in {one.lower() for one in reply.operators}


def expanded(rule_set: RuleSet, reply: QuickReply, contact: Contact, chat: Conversation, now: int) -> str:
    """The quick reply as this customer reads it.

    Raises:
        RenderError: as `render`.
    """
    message = Message("", contact.phone, phone=contact.phone, name=contact.name, sent_at=now)
    return render_text(rule_set, Template(reply.message), message, Context(now, contact, chat), NO_GROUPS).strip()
