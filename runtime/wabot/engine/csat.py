"""The one question after a settled chat: what is asked, and what is said to an answer."""

from wabot.engine import follow_ups
from wabot.language.rule_set import RuleSet, Tenant
from wabot.language.texts import TEXTS
from wabot.model.context import Context
from wabot.model.message import Message


def question(tenant: Tenant) -> str:
    """What the customer is asked."""
    return tenant.csat.question.strip() or TEXTS[tenant.language]["csat"]


def thanks(rule_set: RuleSet, message: Message, context: Context) -> str:
    """What is said to an answer; "" when nothing may be said any more."""
    settings = rule_set.tenant.auto_reply
    stale = message.sent_at and context.now - context.ahead - message.sent_at > settings.stale_after
    if stale or follow_ups.used_up(rule_set, context):
        return ""
    return TEXTS[rule_set.tenant.language]["csat_thanks"]
