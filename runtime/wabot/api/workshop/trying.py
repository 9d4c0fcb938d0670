"""Rules and quick replies tried out, by the code that decides and renders in production."""

from collections.abc import Mapping
from time import perf_counter
from typing import Any

from wabot.api.problems import Problem
from wabot.engine import effects
from wabot.engine.decide import decide
from wabot.engine.quick_replies import expanded, is_for, known
from wabot.engine.reply import replies
from wabot.engine.situation import situation
from wabot.engine.trace import explain
from wabot.language.rule_set import RuleSet
from wabot.model.context import Contact, Conversation
from wabot.model.errors import RenderError


def decision(rule_set: RuleSet, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a customer would get who writes what is `said`, and why."""
    message, context = situation(
        said["text"],
        said["now"],
        first=said["first"],
        name=said["name"],
        tags=frozenset(said["tags"]),
        orders=said["orders"],
        type=said["type"],
    )
    began = perf_counter()
    decided = decide(rule_set, message, context)
    made = replies(rule_set, decided, message, context)
    took = perf_counter() - began
    return {
        "reason": decided.reason,
        "replies": [
            {
                "ruleId": answer.rule.id,
                "ruleName": answer.rule.name or answer.rule.id,
                "matchedKeyword": answer.matched or None,
                "response": reply.text or None,
                "media": reply.media or None,
                "error": reply.error or None,
                "delayMs": list(reply.delay),
            }
            for answer, reply in zip(decided.answers, made, strict=True)
        ],
        "assignedTo": effects.assigned_to(decided),
        "priority": effects.priority(decided),
        "tags": sorted(effects.tags(decided)),
        "trace": [{"ruleId": one.rule, "outcome": one.outcome} for one in explain(rule_set, message, context)],
        "executionTimeMs": round(took * 1000, 3),
    }


def quick_reply(rule_set: RuleSet, asked: Mapping[str, Any]) -> str:
    """A quick reply as a customer reads it.

    Raises:
        Problem: 404, there is none for whoever asks; 422, its text cannot be made for this customer.
    """
    shortcut, email = asked["shortcut"], asked["email"]
    reply = known(rule_set.quick_replies, shortcut)
    if reply is None or (email is not None and not is_for(reply, email)):
        raise Problem(404, f"There is no quick reply {shortcut!r} for you here.", "NO_SUCH_QUICK_REPLY")
    customer, chat = asked["contact"], asked["chat"]
    contact = Contact(**{**customer, "tags": frozenset(customer.get("tags", ()))})
    conversation = Conversation(**{**chat, "tags": frozenset(chat.get("tags", ()))})
    try:
        return expanded(rule_set, reply, contact, conversation, asked["now"])
    except RenderError as error:
        raise Problem(422, f"The quick reply {reply.shortcut} fails: {error}", "RENDER_FAILED") from error
