"""The table: the same rules, the same messages, each peer beside wabot. `python -m bench.peers`."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench import corpus
from wabot.engine.decide import decide
from wabot.language.rule_set import Rule
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.model.context import Context, Conversation
from wabot.model.message import Message

HERE = Path(__file__).parent
PYTHON = HERE / ".venv" / "bin" / "python"
PEERS = {"rivescript": "rivescript", "aiml": "python-aiml", "opsdroid": "opsdroid (parser)", "zen": "zen-engine"}
SIZES = (100, 1_000)
MESSAGES = 400
CONTEXT = Context(now=corpus.NOW, conversation=Conversation(earlier_messages=3))


def as_data(rule: Rule) -> dict[str, object]:
    """A rule as the peers are given it."""
    trigger = rule.trigger
    if isinstance(trigger, Pattern):
        return {"id": rule.id, "match": "regex", "texts": [trigger.regex]}
    if isinstance(trigger, Keyword):
        return {"id": rule.id, "match": trigger.match, "texts": list(trigger.keywords)}
    raise TypeError(trigger)


def ours(rules: tuple[Rule, ...], messages: list[Message]) -> tuple[list[str | None], float]:
    """wabot's winners, and its seconds a message."""
    rule_set = corpus.rule_set(rules)
    decided = [decide(rule_set, message, CONTEXT).answers for message in messages]
    times = []
    for _ in range(9):
        start = time.perf_counter()
        for message in messages:
            decide(rule_set, message, CONTEXT)
        times.append((time.perf_counter() - start) / len(messages))
    return [answers[0].rule.id if answers else None for answers in decided], statistics.median(times)


def main() -> int:
    if not PYTHON.exists():
        print("peers: not installed, so not compared (`make peers` installs them)")
        return 0
    print("rules   engine              agrees   rules taught   µs a message   wabot is faster   built in")
    for size in SIZES:
        rules = corpus.rules(size)
        messages = corpus.messages(MESSAGES, rules)
        winners, seconds = ours(rules, messages)
        print(f"{size:6,}   {'wabot':18}  {'':6}   {size:12,}   {seconds * 1e6:12.1f}")
        given = {"rules": [as_data(rule) for rule in rules], "messages": [message.text for message in messages]}
        for script, name in PEERS.items():
            asked = json.dumps({**given, "sample": max(20, 20_000 // size)})
            done = subprocess.run(
                [PYTHON, HERE / f"with_{script}.py"], input=asked, capture_output=True, text=True, check=False
            )
            if done.returncode:
                why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
                print(f"{size:6,}   {name:18}  cannot be measured: {why}")
                continue
            said = json.loads(done.stdout.splitlines()[-1])
            agrees = sum(one == other for one, other in zip(said["winners"], winners, strict=True)) / len(winners)
            times = said["seconds"] / seconds
            print(
                f"{size:6,}   {name:18}  {agrees:6.0%}   {said['rules']:12,}   {said['seconds'] * 1e6:12.1f}"
                f"   {times:14,.0f}×   {said['building']:6.2f} s"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
