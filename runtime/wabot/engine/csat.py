"""The one question after a settled chat: what is asked, and what is said to an answer."""

from wabot.engine import follow_ups
from wabot.language.rule_set import RuleSet, Tenant
from wabot.language.texts import TEXTS
from wabot.model.context import Context
from wabot.model.csat import SURVEY
from wabot.model.message import Message


def question(tenant: Tenant) -> str:
    """What the customer is asked."""
    return tenant.csat.question.strip() or TEXTS[tenant.language]["csat"]


def promised(rule_set: RuleSet, context: Context, helped: bool) -> follow_ups.Promise | None:
    """What the customer is asked when their chat is settled at `context.now`; `helped`: by a person, since they wrote
    again or were asked last."""
    asked = rule_set.tenant.csat
    if not asked.enabled or not helped:
        return None
    return follow_ups.Promise(SURVEY, question(rule_set.tenant), context.now + asked.wait)


def thanks(rule_set: RuleSet, message: Message, context: Context) -> str:
    """What is said to an answer; "" when nothing may be said any more."""
    settings = rule_set.tenant.auto_reply
    stale = message.sent_at and context.now - context.ahead - message.sent_at > settings.stale_after
    if stale or follow_ups.used_up(rule_set, context):
        return ""
    return TEXTS[rule_set.tenant.language]["csat_thanks"]
