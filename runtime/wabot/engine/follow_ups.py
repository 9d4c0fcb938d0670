"""Messages that go out at a time and not because somebody wrote: what a rule promises, and whether it may still be
said when it falls due. Pure, and the same for the daemon, `wabot remind` and `wabot test`."""

from typing import Final

from wabot.engine.decide import Answer, Decision
from wabot.engine.gates import out_of_scope
from wabot.engine.hours import local_day
from wabot.engine.render import render_text
from wabot.language.rule_set import WINDOW, RuleSet
from wabot.model.context import WHOLE_CONTACT, Context, Usage
from wabot.model.csat import ANSWER_WITHIN, SURVEY
from wabot.model.errors import RenderError
from wabot.model.message import Message
from wabot.model.value import value

LATE: Final = 3_600_000
"""Milliseconds after its time in which a follow-up is still sent: the process was down, or the line."""
PAUSED: Final = "paused"
"""The one refusal that time heals: a person has paused the whole tenant."""
_OPENS: Final = ("", "chosen", "back")
"""How a rule takes part when it answers for itself; otherwise a menu says "not that one", or calls a person."""


@value
class Promise:
    """A follow-up that a rule makes: due at `due` (UTC milliseconds), with the text that is said then."""

    rule: str
    text: str
    due: int


def promised(rule_set: RuleSet, decision: Decision, message: Message, context: Context) -> Promise | None:
    """The follow-up of the first answer that has one.

    Raises:
        RenderError: its text cannot be made.
    """
    answer = promising(decision)
    if answer is None or (asked := answer.rule.follow_up) is None:
        return None
    due = context.now + asked.after
    # What the text says of the hours and the date is read at the time when it is sent.
    later = Context(due, context.contact, context.conversation)
    text = render_text(rule_set, asked.message, message, later, answer.groups)
    if not text:
        raise RenderError("the text comes out empty")
    return Promise(answer.rule.id, text, due)


def promising(decision: Decision) -> Answer | None:
    """The answer whose rule has a follow-up: the first that has one."""
    return next((item for item in decision.answers if item.rule.follow_up and item.act in _OPENS), None)


def refusal(rule_set: RuleSet, rule: str, due: int, context: Context) -> str | None:
    """Why a message that was due at `due` may not go out at `context.now`, or None. `rule` is the rule that made it, ""
    for a reminder that a person made, `SURVEY` for the question after a settled chat. Customers write first, and
    lately: no setting changes that."""
    return (
        _never(rule_set, rule, context)
        or ("missed" if context.now - due > LATE else None)
        or (_not_the_bot(rule_set, rule, context) if rule else None)
        or ("dry_run" if rule_set.tenant.auto_reply.dry_run else None)
        or ("contact_daily_cap" if used_up(rule_set, context) else None)
        or (PAUSED if context.paused else None)
    )


def _never(rule_set: RuleSet, rule: str, context: Context) -> str | None:
    chat = context.conversation
    if not chat.earlier_messages or chat.last_contact is None:
        return "customer_did_not_write_first"
    if context.contact.blocked:
        return "contact_blocked"
    if chat.status == "spam" or (chat.status in ("resolved", "closed")) != (rule == SURVEY):
        return f"conversation_{chat.status}"
    if context.now - chat.last_contact > (ANSWER_WITHIN if rule == SURVEY else WINDOW):
        return "customer_silent_too_long"
    return "not_in_scope" if out_of_scope(rule_set.tenant, context.contact.phone, context) else None


def _not_the_bot(rule_set: RuleSet, rule: str, context: Context) -> str | None:
    """What keeps the bot silent, though a person may speak."""
    chat = context.conversation
    if not rule_set.tenant.auto_reply.enabled:
        return "auto_reply_off"
    if rule == SURVEY:
        if not rule_set.tenant.csat.enabled:
            return "csat_off"
    elif not any(live.id == rule and live.enabled and live.follow_up for live in rule_set.rules):
        return "rule_gone"
    if chat.paused_until is not None and chat.paused_until > context.now:
        return "handled_by_person"
    return "loop_suspected" if chat.muted else None


def used_up(rule_set: RuleSet, context: Context) -> bool:
    """Whether the contact got all the automatic messages that they may get today."""
    tenant = rule_set.tenant
    whole = context.usage.get(WHOLE_CONTACT)
    today = whole is not None and whole.day == local_day(context.now, tenant.timezone)
    return today and whole is not None and whole.count >= tenant.auto_reply.max_per_contact_per_day


def used(rule_set: RuleSet, context: Context) -> Usage:
    """What the contact has used of the day's limit once a follow-up went out."""
    day = local_day(context.now, rule_set.tenant.timezone)
    before = context.usage.get(WHOLE_CONTACT)
    return Usage(context.now, day, before.count + 1 if before is not None and before.day == day else 1)
