"""One message, asked of every tenant: which rule answers, what the customer sees, and why."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.output import Format, complain, say, style
from wabot.cli.tenants import folders, remembering
from wabot.engine import effects
from wabot.engine.decide import Decision, decide
from wabot.engine.gates import clock
from wabot.engine.reply import Reply, replies
from wabot.engine.situation import situation
from wabot.language.diagnostic import Diagnostic
from wabot.language.hours import YEARS
from wabot.language.rule_set import RuleSet
from wabot.model.context import Context
from wabot.model.errors import RenderError, UsageError
from wabot.model.message import Message, MessageType
from wabot.model.value import value
from wabot.session.clock import RealClock

if TYPE_CHECKING:
    from wabot.engine.follow_ups import Promise
    from wabot.engine.trace import Outcome


@value
class Asked:
    """The message and its circumstances, as the command line gave them."""

    text: str
    at: str | None = None
    first: bool = False
    name: str = ""
    tags: frozenset[str] = frozenset()
    orders: int = 0
    type: MessageType = "text"
    trace: bool = False
    expect: str | None = None


@value
class _Told:
    rule_set: RuleSet
    decision: Decision
    replies: tuple[Reply, ...]
    trace: "tuple[Outcome, ...]"
    later: "Promise | str | None" = None

    @property
    def rules(self) -> list[str]:
        return [answer.rule.id for answer in self.decision.answers]

    def as_expected(self, rule: str | None) -> bool:
        return rule is None or rule in self.rules or (rule == "none" and not self.rules)


def ask(path: Path | None, only: Sequence[str], asked: Asked, output: Format) -> int:
    """Ask every tenant at `path`, or those named in `only`, and print what it says. Returns the exit code.

    Raises:
        UsageError: the path, a named tenant, the time or the expected rule does not exist.
    """
    chosen = folders(path, only)
    with remembering() as tenants:
        ready = [tenants.ready(folder) for folder in chosen.folders]
    told = [_ask(tenant.rule_set, asked) for tenant in ready if tenant.rule_set is not None]
    broken = [tenant.tenant_id for tenant in ready if tenant.rule_set is None]
    diagnostics = (*chosen.diagnostics, *(item for tenant in ready for item in tenant.diagnostics))
    errors = [item for item in diagnostics if item.severity == "error"]
    known = {rule.id for answer in told for rule in answer.rule_set.rules}
    if asked.expect not in (None, "none") and asked.expect not in known and not broken and told:
        raise UsageError(f"no rule has the id `{asked.expect}`")
    unexpected = [answer for answer in told if not answer.as_expected(asked.expect)]
    if output is Format.json:
        say(
            render.as_json(
                {
                    "tenants": [_data(answer, asked) for answer in told],
                    "findings": [render.finding_as_data(item) for item in errors],
                }
            )
        )
    else:
        for number, answer in enumerate(told):
            say(("\n" if number else "") + _text(answer, asked))
        _broken(broken, errors, bool(told))
        for answer in unexpected:
            got = ", ".join(answer.rules) or f"nobody ({answer.decision.reason})"
            complain(f"\n{answer.rule_set.tenant.id}: expected {asked.expect}, got {got}")
    failing = any(isinstance(answer.later, str) or any(reply.error for reply in answer.replies) for answer in told)
    return FINDINGS if unexpected or broken or failing or not told else CLEAN


def _ask(rule_set: RuleSet, asked: Asked) -> _Told:
    now = _moment(asked.at, rule_set)
    message, context = situation(
        asked.text, now, first=asked.first, name=asked.name, tags=asked.tags, orders=asked.orders, type=asked.type
    )
    decision = decide(rule_set, message, context)
    said = replies(rule_set, decision, message, context)
    trace = _trace(rule_set, message, context) if asked.trace else ()
    return _Told(rule_set, decision, said, trace, _later(rule_set, decision, message, context))


def _later(rule_set: RuleSet, decision: Decision, message: Message, context: Context) -> "Promise | str | None":
    """The follow-up, or why its text fails."""
    if not any(answer.rule.follow_up for answer in decision.answers):
        return None
    from wabot.engine.follow_ups import promised

    try:
        return promised(rule_set, decision, message, context)
    except RenderError as error:
        return str(error)


def _trace(rule_set: RuleSet, message: Message, context: Context) -> "tuple[Outcome, ...]":
    from wabot.engine.trace import explain

    return explain(rule_set, message, context)


def _moment(at: str | None, rule_set: RuleSet) -> int:
    now = RealClock().now()
    return now if at is None else read_time(at, now, rule_set.tenant.timezone)


def read_time(text: str, now: int, zone: tzinfo) -> int:
    """`"22:00"` (today, in `zone`) or `"2026-01-28 22:00"` → UTC milliseconds.

    Raises:
        UsageError: it is no time, or one too far away.
    """
    try:
        if re.fullmatch(r"\d{1,2}[:.]\d{2}", text):
            hour, minute = re.split(r"[:.]", text)
            today = datetime.fromtimestamp(now / 1000, zone)
            moment = today.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        else:
            moment = datetime.fromisoformat(text)
        if moment.year not in YEARS:
            raise UsageError(f"`{text}` is too far away: the year must be from {YEARS[0]} to {YEARS[-1]}")
    except ValueError:
        raise UsageError(f'`{text}` is no time; write it as "2026-01-28 22:00" or "22:00"') from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp() * 1000)


def _text(told: _Told, asked: Asked) -> str:
    lines = []
    head = style(told.rule_set.tenant.id, bold=True)
    if not told.decision.answers:
        lines.append(f"{head}  (no reply: {told.decision.reason})")
    for answer, reply in zip(told.decision.answers, told.replies, strict=True):
        at = answer.rule.location
        why = f'"{answer.matched}"' if answer.matched else answer.rule.trigger.kind
        lines.append(f"{head}  {style(reply.rule, fg='green')}  by {why}  {render.shown(at.path)}:{at.line}")
        if reply.error:
            lines.append(f"  {style(f'fails: {reply.error}', fg='red')}")
        else:
            if reply.media:
                lines.append(f"  {style('│', fg='green')} [{reply.media}]")
            if not reply.text and not reply.media:
                lines.append(f"  {style('(no reply: the rule only has effects)', dim=True)}")
                continue
            lines += [f"  {style('│', fg='green')} {line}" for line in reply.text.splitlines()]
        lines.append(f"  after {clock(reply.delay[0])}–{clock(reply.delay[1])}")
    if told.decision.answers and (followed := list(_effects(told.decision))):
        lines.append(f"  then {', '.join(followed)}")
    lines += _followed(told)
    if asked.trace:
        widest = max((len(outcome.rule) for outcome in told.trace), default=0)
        lines += [f"    {outcome.rule:{widest}}  {outcome.outcome}" for outcome in told.trace]
    return "\n".join(lines)


def _followed(told: _Told) -> Iterator[str]:
    """What is said after a while."""
    after = next((answer.rule.follow_up.after for answer in told.decision.answers if answer.rule.follow_up), 0)
    if isinstance(told.later, str):
        yield f"  {style(f'the follow-up fails: {told.later}', fg='red')}"
    elif told.later is not None:
        yield f"  follows up after {clock(after)}, unless replied"
        yield from (f"  {style('│', fg='green')} {line}" for line in told.later.text.splitlines())


def _effects(decision: Decision) -> Iterator[str]:
    """What the answer changes beside replying."""
    if assigned := effects.assigned_to(decision):
        yield f"the chat waits for {assigned.replace(':', ' ')}"
    if priority := effects.priority(decision):
        yield f"priority {priority}"
    if tags := effects.tags(decision):
        yield f"tags {' '.join(sorted(tags))}"


def _data(told: _Told, asked: Asked) -> dict[str, Any]:
    data: dict[str, Any] = {
        "tenant": told.rule_set.tenant.id,
        "rule": told.rules[0] if told.rules else None,
        "rules": told.rules,
        "reason": told.decision.reason,
        "replies": [
            {
                "rule": reply.rule,
                "text": reply.text,
                "media": reply.media or None,
                "delay_ms": list(reply.delay),
                "error": reply.error or None,
            }
            for reply in told.replies
        ],
        "assigned_to": effects.assigned_to(told.decision),
        "priority": effects.priority(told.decision),
        "tags": sorted(effects.tags(told.decision)),
        "follow_up": _later_as_data(told),
    }
    if asked.trace:
        data["trace"] = [outcome._asdict() for outcome in told.trace]
    if asked.expect is not None:
        data["expected"] = asked.expect
        data["as_expected"] = told.as_expected(asked.expect)
    return data


def _later_as_data(told: _Told) -> dict[str, Any] | None:
    if told.later is None:
        return None
    if isinstance(told.later, str):
        return {"rule": None, "text": None, "due": None, "error": told.later}
    return {"rule": told.later.rule, "text": told.later.text, "due": told.later.due, "error": None}


def _broken(broken: Sequence[str], errors: Sequence[Diagnostic], some: bool) -> None:
    if broken or not some:
        for item in errors:
            say("\n" + render.finding(item))
    for tenant in broken:
        complain(f"\n{tenant}: not asked, because its rules have errors")
