"""A missed expectation, told so that its reader sees at once what went wrong, and why."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from wabot.cli import render
from wabot.cli.differences import closest_line, difference
from wabot.cli.output import style
from wabot.engine.exchange import Exchange
from wabot.engine.gates import clock
from wabot.engine.hours import local
from wabot.engine.rehearsal import Miss
from wabot.engine.reply import replies
from wabot.language.conversation import Conversation
from wabot.language.rule_set import Rule
from wabot.language.triggers.goto import OnlyGoto
from wabot.language.triggers.menu_selection import MenuSelection
from wabot.model.context import WHOLE_CONTACT
from wabot.model.visible import on_one_line

_MOST_SILENT: Final = 6
"""More rules than so many that simply did not match are counted, not listed."""
_INDENT: Final = " " * 12


def failure(conversation: Conversation, miss: Miss, exchanges: Sequence[Exchange]) -> str:
    """The whole report of one miss, in lines."""
    at, seen = miss.expect.location, _seen(miss, exchanges)
    head = f"{render.shown(at.path)}:{at.line}:{at.column}: {style('failed', fg='red', bold=True)}"
    lines = [f"{head}: {on_one_line(conversation.name)}", f"  said      {_indented(miss.said)}"]
    lines += _wanted_and_got(miss, seen)
    if seen is not None:
        lines += [f"  because   {why}" for why in [because(miss, seen)] if why]
        lines.append(f"  state     {f'{chr(10)}{_INDENT}'.join(state(miss, seen))}")
    lines += _trace(miss)
    return "\n".join(lines)


def miss_as_data(miss: Miss, exchanges: Sequence[Exchange]) -> dict[str, Any]:
    """One miss for machines."""
    seen = _seen(miss, exchanges)
    return {
        "line": miss.expect.location.line,
        "said": miss.said,
        "expected": miss.wanted,
        "got": miss.got,
        "because": (seen and because(miss, seen)) or None,
        "state": list(state(miss, seen)) if seen is not None else [],
        "todo": miss.todo or None,
        "trace": [outcome._asdict() for outcome in miss.trace],
    }


def _seen(miss: Miss, exchanges: Sequence[Exchange]) -> Exchange | None:
    return next((exchange for exchange in exchanges if exchange.step.expect is miss.expect), None)


def _wanted_and_got(miss: Miss, seen: Exchange | None) -> Iterator[str]:
    if seen is not None and miss.expect.reply is not None and miss.wanted == miss.expect.reply:
        texts = [reply.text for reply in replies(seen.rule_set, seen.decision, seen.message, seen.before) if reply.text]
        if texts:
            yield f"  expected  this reply ({style('-', fg='green')}), got ({style('+', fg='red')}):"
            yield from ("    " + line for line in difference(miss.expect.reply, texts))
            return
    yield f"  expected  {_indented(miss.wanted)}"
    yield f"  got       {_indented(miss.got)}"
    if miss.expect.contains is not None and miss.wanted.endswith(miss.expect.contains):
        close = closest_line(miss.expect.contains, miss.got)
        yield from (f"  closest   {line}" if not number else f"{_INDENT}{line}" for number, line in enumerate(close))


def because(miss: Miss, seen: Exchange) -> str:
    """Why the expected rule did not answer, in a sentence; "" where the trace has nothing to say."""
    rules = {rule.id: rule for rule in seen.rule_set.rules}
    answered = {answer.rule.id for answer in seen.decision.answers}
    expected = [name for name in (miss.expect.rule, *(miss.expect.rules or ())) if name in rules]
    for name in expected:
        if name not in answered:
            return f"{name} {_outcome(rules[name], seen.outcome(name))}"
    if not answered and seen.decision.reason in ("cooldown", "daily_cap"):
        held = [item for item in miss.trace if item.outcome.startswith(seen.decision.reason)]
        return "; ".join(f"{item.rule} {_outcome(rules[item.rule], item.outcome)}" for item in held)
    return ""


def _outcome(rule: Rule, outcome: str) -> str:
    kind, _, what = outcome.partition(":")
    if kind == "no_match" and isinstance(rule.trigger, OnlyGoto | MenuSelection):
        return "was not chosen: no open menu led this message to it"
    return {
        "no_match": f"was not triggered: its {rule.trigger.kind} trigger does not match",
        "condition": f"was triggered, but its condition `{what}` does not hold",
        "cooldown": f"was triggered, but answers this customer again only in {what}",
        "daily_cap": f"was triggered, but has answered this customer as often as it may today ({what})",
        "shadowed_by": f"was not asked: `{what}` comes first and ended the search",
        "over_three_rules": "was not asked: three rules had answered already",
        "disabled": "is switched off (enabled: false)",
        "gate": f"was not asked: `{what}` stopped the message before any rule",
    }.get(kind, f"had the outcome {outcome}")


def state(miss: Miss, seen: Exchange) -> Iterator[str]:
    """What the decision knew: the moment, the customer, and what the rules at stake had used up."""
    before, moment = seen.before, seen.moment
    chat, contact = before.conversation, before.contact
    day = f"{moment.at:%a %Y-%m-%d %H:%M}"
    facts = [day, f"shop {moment.shop()}"]
    earlier = f"{chat.earlier_messages} earlier message{'' if chat.earlier_messages == 1 else 's'}"
    facts.append(earlier if chat.earlier_messages else "the first message ever")
    if seen.message.type != "text":
        facts.append(f"type {seen.message.type}")
    facts += [f"customer's tags: {', '.join(sorted(contact.tags))}"] if contact.tags else []
    facts += [f"chat's tags: {', '.join(sorted(chat.tags))}"] if chat.tags else []
    facts += [f"priority {chat.priority}"] if chat.priority != "normal" else []
    facts += ["blocked"] if contact.blocked else []
    if chat.menu.until > before.now:
        facts.append(f"the menu {chat.menu.rule} open for {clock(chat.menu.until - before.now)} more")
    facts += [f"waits for {chat.assigned_to}"] if chat.assigned_to else []
    if chat.paused_until is not None and chat.paused_until > before.now:
        facts.append(f"a person answers for {clock(chat.paused_until - before.now)} more")
    yield ", ".join(facts)
    yield from _used(miss, seen)


def _used(miss: Miss, seen: Exchange) -> Iterator[str]:
    concerned = {miss.expect.rule, *(miss.expect.rules or ())}
    concerned |= {item.rule for item in miss.trace if item.outcome.startswith(("cooldown", "daily_cap"))}
    concerned |= {answer.rule.id for answer in seen.decision.answers if answer.rule.limited}
    zone = seen.rule_set.tenant.timezone
    for rule in seen.rule_set.rules:
        used = seen.before.usage.get(rule.id)
        if rule.id in concerned and used is not None:
            times = used.count if used.day == seen.moment.day else 0
            today = f"{times}×" + (f" of {rule.max_per_day}" if rule.max_per_day is not None else "")
            last = f"{local(used.last, zone):%Y-%m-%d %H:%M}"
            left = (used.last + rule.cooldown - seen.before.now) if rule.cooldown is not None else 0
            waits = f", cooldown: {clock(left)} left" if left > 0 else ", cooldown: over" if rule.cooldown else ""
            yield f"{rule.id} answered {today} today, last at {last}{waits}"
    whole = seen.before.usage.get(WHOLE_CONTACT)
    if seen.decision.reason == "contact_daily_cap" and whole is not None:
        most = seen.rule_set.tenant.auto_reply.max_per_contact_per_day
        yield f"{whole.count} automatic replies to this customer today, of {most}"


def _trace(miss: Miss) -> Iterator[str]:
    expected = {miss.expect.rule, *(miss.expect.rules or ())}
    silent = [item for item in miss.trace if item.outcome == "no_match" and item.rule not in expected]
    hidden = {item.rule for item in silent} if len(silent) > _MOST_SILENT else set[str]()
    shown = [item for item in miss.trace if item.rule not in hidden]
    widest = max((len(item.rule) for item in shown), default=0)
    yield from (f"    {item.rule:{widest}}  {item.outcome}" for item in shown)
    if hidden:
        yield f"    and {len(hidden)} other rules: no_match"


def _indented(text: str) -> str:
    return text.replace("\n", "\n" + _INDENT)
