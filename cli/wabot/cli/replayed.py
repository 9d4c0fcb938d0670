"""What a replay of stored messages shows: the chats that change as they are found, then the sums."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from wabot.analytics.replaying.compare import Change, Comparing, Tally
from wabot.analytics.replaying.stored import Asked, staffed, stored
from wabot.cli import render
from wabot.cli.output import Format, say, style
from wabot.cli.progress import Progress
from wabot.cli.replayed_answers import answers, answers_data, short
from wabot.cli.stored import when
from wabot.cli.table import table
from wabot.language.rule_set import RuleSet
from wabot.model.visible import on_one_line
from wabot.session.clock import RealClock
from wabot.store.sqlite.reading import asking

_MOST_CHATS: Final = 10
_MOST_MESSAGES: Final = 5
"""Of a chat that changes, so many messages are shown."""
_EVERY: Final = 4_096
_HEAD: Final = ("", "then", "now", "gained", "lost", "other words")
_LEFT_OUT: Final = {
    "taken_back": "taken back by the customer",
    "set_aside": "set aside then",
    "undecided": "of which no decision is stored",
}
_CHANGED: Final = {
    "answered": "answered now",
    "silent": "not answered now",
    "other_rule": "answered by another rule",
    "other_text": "answered in other words",
}


class Stored(NamedTuple):
    """A tenant's store, the rules that decide it anew, and from when on (UTC milliseconds)."""

    folder: Path
    tenant: str
    rule_set: RuleSet
    since: int


def replay_stored(stores: Sequence[Stored], unknown: Sequence[str], data: Path, output: Format, *, every: bool) -> int:
    """Replay and show; how many messages change. `unknown` are tenants of which nothing is stored.

    Raises:
        StoreError: a store cannot be read.
    """
    changed = 0
    told: list[dict[str, Any]] = []
    for one in stores:
        tally, shown = Tally(), _Shown(one, output, every=every)
        last = _replay(one, tally, shown)
        shown.end(tally)
        changed += tally.changed
        if output is Format.json:
            told.append({"tenant": one.tenant, "since": one.since, **_sums(tally), "changes": shown.data})
        else:
            for line in _summary(one, tally, last):
                say(line)
    if output is Format.json:
        say(render.as_json({"tenants": told, "not_stored": list(unknown)}))
    else:
        for name in unknown:
            say(f"{style(name, bold=True)}: nothing is stored in {data}")
    return changed


def _replay(one: Stored, tally: Tally, shown: "_Shown") -> int | None:
    """When anybody wrote last, in the whole store."""
    progress = Progress()
    until = RealClock().now() + 1
    with asking(one.folder, one.tenant) as ask:
        comparing = Comparing(one.rule_set, staffed=staffed(ask))
        for asked in stored(ask, one.rule_set, one.since, until):
            change = comparing.change(asked)
            tally.count(asked, change)
            if change:
                shown.add(asked, change)
            if not tally.messages % _EVERY:
                progress.at(f"{one.tenant}: {tally.messages:,} messages replayed …")
        progress.end()
        row = ask("last_message_at").fetchone()
    return None if row is None else row["last_message_at"]


class _Shown:
    """Prints chats that change as they come, or keeps them for machines; only the first ones unless `every`."""

    def __init__(self, one: Stored, output: Format, *, every: bool) -> None:
        self._one, self._output, self._every = one, output, every
        self._chat = ""
        self._chats = self._messages = self._hidden = 0
        self.data: list[dict[str, Any]] = []

    def add(self, asked: Asked, change: Change) -> None:
        """A message that changes; they come chat by chat."""
        if asked.chat != self._chat:
            self._end_of_chat()
            self._chat = asked.chat
            self._chats += 1
            self._messages = 0
            if self._wanted and self._output is Format.text:
                head = [self._one.tenant] if self._chats == 1 else []
                say(
                    "\n".join(
                        [*(style(name, bold=True) for name in head), f"  {asked.chat}  {on_one_line(asked.name)}"]
                    )
                )
        self._messages += 1
        if not self._wanted:
            return
        if not self._every and self._messages > _MOST_MESSAGES:
            self._hidden += 1
        elif self._output is Format.json:
            self.data.append(_as_data(asked, change))
        else:
            say("\n".join(_as_text(asked)))

    def end(self, tally: Tally) -> None:
        """All messages were added."""
        self._end_of_chat()
        if self._output is Format.text and not self._every and self._chats > _MOST_CHATS:
            say(f"  … and {render.plural(tally.changed_chats - _MOST_CHATS, 'chat')} more; --all shows them")

    @property
    def _wanted(self) -> bool:
        return self._every or self._chats <= _MOST_CHATS

    def _end_of_chat(self) -> None:
        if self._hidden and self._output is Format.text:
            say(f"    … and {render.plural(self._hidden, 'message')} more")
        self._hidden = 0


def _as_text(asked: Asked) -> Iterator[str]:
    message = short(asked.message.text) or f"({asked.message.type})"
    yield f"    {style(when(asked.at, seconds=False), dim=True)}  {message}"
    now = asked.heard
    assert now is not None, "a message that nobody can decide does not change"
    yield from (f"      then  {line}" for line in answers(asked.then, asked.reason))
    yield from (f"      now   {line}" for line in answers(now.said, now.decision.reason))


def _summary(one: Stored, tally: Tally, last: int | None) -> Iterator[str]:
    name = style(one.tenant, bold=True)
    since = when(one.since, seconds=False)
    if not tally.messages:
        then = f"; the last message is of {when(last, seconds=False)}" if last is not None else "; nobody ever did"
        yield f"{name}: no customer wrote since {since}{then}"
        return
    yield f"{name}  since {since}"
    yield from table(_HEAD, list(_rows(tally)), flexible=(0,))
    messages = f"{render.plural(tally.messages, 'message')} of {render.plural(tally.chats, 'chat')}"
    yield f"{messages}: {tally.answered_then:,} answered then, {tally.answered_now:,} now"
    for reason, count in sorted(tally.left_out.items()):
        yield f"  left out: {count:,} {_LEFT_OUT.get(reason, reason)}"
    if tally.same_words:
        yield f"  {tally.same_words:,} get the same words from another rule"
    if not tally.changed:
        yield "nothing changes for any customer"
        return
    how = ", ".join(f"{tally.changes[kind]:,} {said}" for kind, said in _CHANGED.items() if tally.changes[kind])
    changed = f"{render.plural(tally.changed, 'message')} of {render.plural(tally.changed_chats, 'chat')}"
    yield style(f"{changed} change: {how}", fg="yellow")


def _rows(tally: Tally) -> Iterator[tuple[str, ...]]:
    for rule, of in sorted(tally.rules.items(), key=lambda item: (-max(item[1].then, item[1].now), item[0])):
        counts = (of.gained, of.lost, of.other_text)
        yield (rule, f"{of.then:,}", f"{of.now:,}", *(f"{count:,}" if count else "" for count in counts))
    for reason in sorted({*tally.reasons, *tally.reasons_now}, key=lambda name: (-tally.reasons[name], name)):
        yield (f"(no reply: {reason})", f"{tally.reasons[reason]:,}", f"{tally.reasons_now[reason]:,}", "", "", "")


def _sums(tally: Tally) -> dict[str, Any]:
    return {
        "messages": tally.messages,
        "conversations": tally.chats,
        "answered": {"then": tally.answered_then, "now": tally.answered_now},
        "changed": {"messages": tally.changed, "conversations": tally.changed_chats, **tally.changes},
        "same_words": tally.same_words,
        "left_out": dict(tally.left_out),
        "rules": [
            {
                "rule": rule,
                "then": of.then,
                "now": of.now,
                "gained": of.gained,
                "lost": of.lost,
                "other_text": of.other_text,
            }
            for rule, of in sorted(tally.rules.items())
        ],
        "silent": [
            {"reason": reason, "then": tally.reasons[reason], "now": tally.reasons_now[reason]}
            for reason in sorted({*tally.reasons, *tally.reasons_now})
        ],
    }


def _as_data(asked: Asked, change: Change) -> dict[str, Any]:
    now = asked.heard
    assert now is not None, "a message that nobody can decide does not change"
    return {
        "chat": asked.chat,
        "name": asked.name,
        "message": asked.message.id,
        "at": asked.at,
        "type": asked.message.type,
        "text": asked.message.text,
        "change": change,
        "then": answers_data(asked.then, asked.reason),
        "now": answers_data(now.said, now.decision.reason),
    }
