"""Limits that contradict each other, or the trigger."""

from collections.abc import Iterator
from typing import Final

from wabot.engine.effects import delay
from wabot.engine.gates import clock
from wabot.language.triggers.welcome import Welcome
from wabot.lint.check import Check, Finding
from wabot.lint.subject import Subject

_DAY: Final = 86_400_000


def _never_reached(subject: Subject) -> Iterator[Finding]:
    for rule in subject.rules:
        if rule.cooldown is None or rule.max_per_day is None or rule.max_per_day == 1:
            continue
        if rule.cooldown * (rule.max_per_day - 1) >= _DAY:
            most = (_DAY - 1) // rule.cooldown + 1
            times = "once" if most == 1 else f"{most} times"
            message = f"with a cooldown of {clock(rule.cooldown)} this rule answers a customer at most {times} a day"
            at = subject.place(rule).locate("max_triggers_per_day")
            yield Finding(at, message, "shorten the cooldown, lower the maximum, or remove one of the two")


def _welcome(subject: Subject) -> Iterator[Finding]:
    for rule in subject.rules:
        if not isinstance(rule.trigger, Welcome):
            continue
        for key in ("max_triggers_per_day", "cooldown"):
            if key in subject.place(rule).data:
                at = subject.place(rule).locate(key, key=True)
                yield Finding(at, f"a welcome happens once in a customer's life: `{key}` limits nothing", "remove it")


def _delays(subject: Subject) -> Iterator[Finding]:
    stale = subject.rule_set.tenant.auto_reply.stale_after
    for rule in subject.rules:
        least, _ = delay(subject.rule_set, rule)
        place = subject.place(rule)
        at = place.locate("delay") if "delay" in place.data else place.locate("id")
        if rule.cooldown is not None and least > rule.cooldown:
            message = f"the reply waits {clock(least)}, longer than the cooldown of {clock(rule.cooldown)}"
            yield Finding(at, f"{message}: a second one is promised before the first is sent", "shorten the delay")
        elif least >= stale:
            message = f"the reply waits {clock(least)}; after {clock(stale)} (stale_after) it is not sent any more"
            yield Finding(at, message, "shorten the delay, or raise auto_reply.stale_after in tenant.yaml")


def _beyond_the_contact(subject: Subject) -> Iterator[Finding]:
    most = subject.rule_set.tenant.auto_reply.max_per_contact_per_day
    for rule in subject.rules:
        if rule.max_per_day is not None and rule.max_per_day > most:
            message = f"no customer gets more than {most} automatic replies a day (max_per_contact_per_day)"
            yield Finding(subject.place(rule).locate("max_triggers_per_day"), message, f"write {most} or less")


def _segments(subject: Subject) -> Iterator[Finding]:
    """Whoever would be regular is vip already."""
    tenant = subject.document("tenant.yaml")
    if tenant is None or "segments" not in tenant.data:
        return
    by = subject.rule_set.tenant.segments
    pairs = ((by.regular_messages, by.vip_messages), (by.regular_orders, by.vip_orders))
    if all(regular is None or (vip is not None and vip <= regular) for regular, vip in pairs):
        segments = tenant.data["segments"]
        at = tenant.locate(("segments", "vip" if "vip" in segments else "regular"), key=True)
        message = "whoever would be regular is vip already: no customer is ever regular"
        yield Finding(at, message, "raise the thresholds of vip, or lower those of regular")


CHECKS = (
    Check("WB421", "warning", "A daily maximum that the cooldown never lets happen", _never_reached),
    Check("WB422", "warning", "A limit on a welcome", _welcome),
    Check("WB423", "warning", "A delay that outlasts the rule's own limits", _delays),
    Check("WB424", "info", "A daily maximum beyond the contact's", _beyond_the_contact),
    Check("WB425", "warning", "A segment that nobody reaches", _segments),
)
