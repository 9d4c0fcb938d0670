"""One decision, beside a precompiled loop over the rules, the loop of the original design, and the floor.

`make bench`. Nothing is rendered and no trace is built. Before any time counts, all engines must name the same winner
for every message.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence

from ahocorasick_rs import AhoCorasick, Implementation

from bench import corpus
from wabot.engine.decide import decide
from wabot.engine.index import at_word
from wabot.engine.normalize import fold, visible
from wabot.engine.trace import explain
from wabot.language.regex import Regex
from wabot.language.rule_set import Decision, Rule
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.model.context import Context, Conversation
from wabot.model.message import Message

SIZES = (10, 100, 1_000, 10_000)
ROUNDS = 9
CONTEXT = Context(now=corpus.NOW, conversation=Conversation(earlier_messages=3))

Engine = Callable[[Message], Decision | Rule | None]


def wabot_engine(rules: tuple[Rule, ...], context: Context = CONTEXT) -> Engine:
    """What the product does."""
    rule_set = corpus.rule_set(rules)

    def engine(message: Message) -> Decision:
        return decide(rule_set, message, context)

    return engine


def precompiled_loop(rules: tuple[Rule, ...]) -> Engine:
    """(a) A good loop: everything normalised and compiled beforehand, rules asked in order until one matches."""
    ready: list[tuple[Rule, str, tuple[str, ...], Regex | None]] = []
    for rule in rules:
        if isinstance(rule.trigger, Keyword):
            ready.append((rule, rule.trigger.match, tuple(map(fold, rule.trigger.keywords)), None))
        elif isinstance(rule.trigger, Pattern):
            ready.append((rule, "regex", (), Regex(rule.trigger.regex)))

    def engine(message: Message) -> Rule | None:
        text = fold(message.text)
        raw = visible(message.text).encode()
        for rule, kind, keywords, regex in ready:
            if regex is not None:
                if regex.find(raw) is not None:
                    return rule
            elif kind == "contains":
                for keyword in keywords:
                    if keyword in text:
                        return rule
            elif any(_matches(kind, text, keyword) for keyword in keywords):
                return rule
        return None

    return engine


def original_loop(rules: tuple[Rule, ...]) -> Engine:
    """(b) The loop of the original design: keywords lowered and regexes compiled anew for each message."""

    def engine(message: Message) -> Rule | None:
        for rule in rules:
            trigger = rule.trigger
            if isinstance(trigger, Pattern):
                if Regex(trigger.regex).find(message.text.encode()) is not None:
                    return rule
            elif isinstance(trigger, Keyword):
                text = message.text.lower()
                for keyword in trigger.keywords:
                    if _matches(trigger.match, text, keyword.lower()):
                        return rule
        return None

    return engine


def _winner(result: Decision | Rule | None) -> Rule | None:
    if isinstance(result, Decision):
        return result.answers[0].rule if result.answers else None
    return result


def _matches(kind: str, text: str, keyword: str) -> bool:
    if kind == "contains":
        return keyword in text
    if kind == "exact":
        return text == keyword
    if kind == "starts_with":
        return text.startswith(keyword)
    if kind == "ends_with":
        return text.endswith(keyword)
    at = text.find(keyword)
    while at >= 0:
        if at_word(text, at, at + len(keyword)):
            return True
        at = text.find(keyword, at + 1)
    return False


def floor(rules: tuple[Rule, ...]) -> Engine:
    """(c) What no engine can go below: normalise the text and scan it once for every keyword."""
    keywords = {
        fold(keyword) for rule in rules if isinstance(rule.trigger, Keyword) for keyword in rule.trigger.keywords
    }
    scan = AhoCorasick(sorted(keywords), implementation=Implementation.ContiguousNFA).find_matches_as_indexes

    def engine(message: Message) -> Rule | None:
        scan(fold(message.text), True)
        return None

    return engine


def measure(engines: dict[str, Engine], messages: Sequence[Message], samples: dict[str, int]) -> dict[str, float]:
    """Median over rounds of the mean nanoseconds a message; the engines take turns within each round."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, engine in engines.items():
            chosen = messages[: samples.get(name, len(messages))]
            start = time.perf_counter_ns()
            for message in chosen:
                engine(message)
            times[name].append((time.perf_counter_ns() - start) / len(chosen))
    return {name: statistics.median(values) for name, values in times.items()}


def disagreement(rules: tuple[Rule, ...], context: Context, messages: Sequence[Message], engine: Engine) -> str:
    """The first message for which the trace, which asks rule by rule, names another winner ("" = none)."""
    rule_set = corpus.rule_set(rules)
    for message in messages:
        told = [outcome.rule for outcome in explain(rule_set, message, context) if outcome.answered]
        winner = _winner(engine(message))
        if told[:1] != ([winner.id] if winner is not None else []):
            return message.text
    return ""


def main() -> int:
    worst, agree = lived_in()
    reached = decisions() and agree
    aim = "with a menu, conditions and cooldowns: at most 2× the plain decision"
    print(f"{'reached' if worst <= 2 else 'MISSED '}  {aim}")
    return 0 if reached and worst <= 2 else 1


def lived_in() -> tuple[float, bool]:
    """The dearest decision in a shop of long standing, beside the plain one; and whether it is the right one."""
    print("rules   lived-in/plain   answered")
    worst = 0.0
    for size in SIZES:
        plain = corpus.rules(size)
        rules = corpus.lived_in(plain)
        messages = corpus.messages(2_000, plain)
        context = corpus.busy(rules)
        engines = {"plain": wabot_engine(plain), "lived-in": wabot_engine(rules, context)}
        if text := disagreement(rules, context, messages[: max(20, 20_000 // size)], engines["lived-in"]):
            print(f"decision and trace disagree on {text!r}")
            return 0.0, False
        times = measure(engines, messages, {})
        ratio = times["lived-in"] / times["plain"]
        worst = max(worst, ratio)
        answers = [_winner(engines["lived-in"](message)) for message in messages]
        answered = sum(winner is not None and winner.id != "menu" for winner in answers) / len(messages)
        print(f"{size:6,}   {ratio:13.2f}×   {answered:8.0%}")
    print()
    return worst, True


def decisions() -> bool:
    """The plain decision beside other ways to make it; whether the aims are reached."""
    print("rules   matched   loop/wabot   original/wabot   wabot/floor   wabot/wabot@10")
    at_ten = 0.0
    ratios: dict[int, tuple[float, float, float]] = {}
    for size in SIZES:
        rules = corpus.rules(size)
        messages = corpus.messages(2_000, rules)
        engines = {
            "wabot": wabot_engine(rules),
            "loop": precompiled_loop(rules),
            "original": original_loop(rules),
            "floor": floor(rules),
        }
        few = max(20, 20_000 // size)
        agreeing = messages[: max(200, 200_000 // size)]
        wins = [_winner(engines["wabot"](message)) for message in messages]
        for name in ("loop", "original"):
            for message, expected in zip(agreeing if name == "original" else messages, wins, strict=False):
                if engines[name](message) != expected:
                    print(f"{name} and wabot disagree on {message.text!r}: {engines[name](message)} != {expected}")
                    return False
        times = measure(engines, messages, {"loop": max(200, 200_000 // size), "original": few})
        at_ten = at_ten or times["wabot"]
        row = (times["loop"] / times["wabot"], times["wabot"] / times["floor"], times["wabot"] / at_ten)
        ratios[size] = row
        matched = sum(win is not None for win in wins) / len(wins)
        print(
            f"{size:6,}   {matched:6.0%}   {row[0]:9.1f}×   {times['original'] / times['wabot']:13.0f}×"
            f"   {row[1]:10.2f}×   {row[2]:13.2f}×"
        )
    aims = {
        "at 1,000 rules at least 50× the precompiled loop": ratios[1_000][0] >= 50,
        "at 1,000 rules at most 3× the floor": ratios[1_000][1] <= 3,
        "flat from 10 to 10,000 rules within 2×": max(r[2] for r in ratios.values())
        <= 2 * min(r[2] for r in ratios.values()),
    }
    for aim, reached in aims.items():
        print(f"{'reached' if reached else 'MISSED '}  {aim}")
    return all(aims.values())


if __name__ == "__main__":
    sys.exit(main())
