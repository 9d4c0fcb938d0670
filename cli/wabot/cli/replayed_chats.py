"""What exported chats show: what each message would get, beside what the shop answered, and the sums."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from wabot.analytics.replaying.exported import Read, Told, exported, read_chat
from wabot.cli import render
from wabot.cli.exit_codes import CLEAN
from wabot.cli.output import Format, say, style
from wabot.cli.replayed_answers import answers, answers_data, short
from wabot.cli.table import table
from wabot.engine.effects import called
from wabot.engine.hours import local
from wabot.engine.normalize import fold
from wabot.language.rule_set import RuleSet
from wabot.model.visible import on_one_line

_MOST: Final = 30
"""Messages that are shown."""
_MOST_UNKNOWN: Final = 10
_NO_RULE: Final = "no_match"
_TAKEN_BACK: Final = "taken_back"


@dataclass(slots=True)
class _Sums:
    """`alone` counts messages that rules answer without calling a person, `handed` those that call one."""

    messages: int = 0
    alone: int = 0
    handed: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    wording: dict[str, str] = field(default_factory=dict)

    def count(self, told: Told) -> None:
        self.messages += 1
        if told.heard is None:
            self.reasons[_TAKEN_BACK] += 1
            return
        decision = told.heard.decision
        if not decision.answers:
            self.reasons[decision.reason] += 1
            if decision.reason == _NO_RULE:
                text = told.message.text if told.message.type == "text" else f"({told.message.type})"
                words = fold(text)
                self.unknown[words] += 1
                self.wording.setdefault(words, text)
            return
        self.rules.update(answer.rule.id for answer in decision.answers)
        if any(called(answer) for answer in decision.answers):
            self.handed += 1
        else:
            self.alone += 1


def replay_chats(rule_set: RuleSet, paths: Sequence[Path], me: str, since: int, output: Format, *, every: bool) -> int:
    """Show what the customers of these chats would get. Returns the exit code.

    Raises:
        UsageError: a file is no export, or nobody knows which of the two is the shop.
    """
    read = [read_chat(path, rule_set.tenant, me) for path in paths]
    sums = _Sums()
    told: list[dict[str, Any]] = []
    left = 0 if output is Format.json else _MOST
    for chat in read:
        data: list[dict[str, Any]] = []
        if output is Format.text:
            say(f"{style(str(chat.path), bold=True)}  {_between(chat)}")
        for one in exported(chat, rule_set, since):
            sums.count(one)
            if output is Format.json:
                data.append(_as_data(one))
            elif every or left > 0:
                left -= 1
                say("\n".join(_as_text(one, rule_set)))
        told.append({"file": str(chat.path), "shop": chat.shop, "customer": chat.customer, "messages": data})
    if output is Format.json:
        say(render.as_json({"tenant": rule_set.tenant.id, "chats": told, **_sums(sums)}))
        return CLEAN
    if not every and sums.messages > _MOST:
        say(f"  … and {render.plural(sums.messages - _MOST, 'message')} more; --all shows them")
    say("\n".join(_summary(sums, rule_set)))
    return CLEAN


def _between(chat: Read) -> str:
    if not chat.customer:
        return "nobody but the shop writes in it"
    return f"{on_one_line(chat.customer)} writes, {on_one_line(chat.shop) or 'nobody'} answers"


def _as_text(one: Told, rule_set: RuleSet) -> Iterator[str]:
    at = local(one.at, rule_set.tenant.timezone)
    text = short(one.message.text) or (f"({one.message.type})" if one.heard is not None else "(taken back)")
    yield f"  {style(f'{at:%Y-%m-%d %H:%M}', dim=True)}  {text}"
    if one.heard is not None:
        yield from (f"    wabot  {line}" for line in answers(one.heard.said, one.heard.decision.reason))
    if one.answered:
        yield f"    shop   {' / '.join(short(text) for text in one.answered)}"


def _summary(sums: _Sums, rule_set: RuleSet) -> Iterator[str]:
    if not sums.messages:
        yield "no customer wrote in that time"
        return
    rows = [(rule, f"{count:,}") for rule, count in sums.rules.most_common()]
    rows += [(f"(no reply: {reason})", f"{count:,}") for reason, count in sums.reasons.most_common()]
    yield style(rule_set.tenant.id, bold=True)
    yield from table(("", "messages"), rows, flexible=(0,))
    percent = 100 * sums.alone / sums.messages
    unknown = sums.reasons[_NO_RULE]
    yield (
        f"{render.plural(sums.messages, 'message')}: {sums.alone:,} answered by rules alone ({percent:.0f} %), "
        f"{sums.handed:,} handed to a person, {unknown:,} that no rule knows"
    )
    if unknown:
        yield "what no rule knows, most frequent first:"
        for words, count in sums.unknown.most_common(_MOST_UNKNOWN):
            yield f"  {count:4,}×  {short(sums.wording[words])}"
        if len(sums.unknown) > _MOST_UNKNOWN:
            yield f"  … and {len(sums.unknown) - _MOST_UNKNOWN:,} more"


def _sums(sums: _Sums) -> dict[str, Any]:
    return {
        "customer_messages": sums.messages,
        "answered_alone": sums.alone,
        "handed_over": sums.handed,
        "unknown": sums.reasons[_NO_RULE],
        "rules": [{"rule": rule, "now": count} for rule, count in sums.rules.most_common()],
        "silent": [{"reason": reason, "now": count} for reason, count in sums.reasons.most_common()],
        "unknown_texts": [
            {"text": sums.wording[words], "messages": count} for words, count in sums.unknown.most_common()
        ],
    }


def _as_data(one: Told) -> dict[str, Any]:
    heard = one.heard
    return {
        "at": one.at,
        "line": int(one.message.id),
        "type": one.message.type,
        "text": one.message.text,
        "now": answers_data((), _TAKEN_BACK) if heard is None else answers_data(heard.said, heard.decision.reason),
        "shop_answered": list(one.answered),
    }
