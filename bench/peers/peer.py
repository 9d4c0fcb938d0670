"""What every peer does: take rules and messages from standard input, answer with winners and times.

A rule is `{"id", "match", "texts"}`, in the order of decision; `match` is one of wabot's kinds, and with "regex" the
texts are RE2 regexes. Standard library only: it runs beside the peers, not beside wabot.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypedDict

ROUNDS = 5


class Rule(TypedDict):
    """One rule as it is handed over."""

    id: str
    match: str
    texts: list[str]


class Built(NamedTuple):
    """A peer, ready to name the winning rule of a text (None: none), and how many rules it could be taught."""

    winner: Callable[[str], str | None]
    rules: int


def serve(build: Callable[[Sequence[Rule]], Built]) -> None:
    """Build the peer, ask it everything once, then measure it."""
    given = json.load(sys.stdin)
    start = time.perf_counter()
    built = build(given["rules"])
    building = time.perf_counter() - start
    messages = given["messages"]
    winners = [built.winner(text) for text in messages]
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for text in messages[: given["sample"]]:
            built.winner(text)
        times.append((time.perf_counter() - start) / given["sample"])
    answer = {"winners": winners, "seconds": statistics.median(times), "building": building, "rules": built.rules}
    json.dump(answer, sys.stdout)
