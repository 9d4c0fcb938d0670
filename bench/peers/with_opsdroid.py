"""opsdroid's regex parser: every keyword becomes a regex, its score factor keeps the order of the rules. Of a text, the
parser finds every skill that matches; opsdroid runs the one with the highest score.
"""

import asyncio
import re
from collections.abc import Sequence
from types import SimpleNamespace

from opsdroid.events import Message
from opsdroid.parsers.regex import parse_regex
from peer import Built, Rule, serve

_STEP = 1.02
"""From rule to rule: more than what the length of a regex can add to its score."""


def build(rules: Sequence[Rule]) -> Built:
    skills = []
    for rank, rule in enumerate(rules):
        matchers = [
            {
                "regex": {
                    "expression": _expression(rule["match"], text),
                    "case_sensitive": False,
                    "score_factor": _STEP ** (len(rules) - rank),
                    "matching_condition": "search",
                }
            }
            for text in rule["texts"]
        ]
        skills.append(SimpleNamespace(matchers=matchers, config={}, id=rule["id"]))
    loop = asyncio.new_event_loop()

    def winner(text: str) -> str | None:
        found = loop.run_until_complete(parse_regex(None, skills, Message(text=text)))
        return max(found, key=lambda one: one["score"])["skill"].id if found else None

    return Built(winner, len(skills))


def _expression(match: str, text: str) -> str:
    written = re.escape(text)
    if match == "exact":
        return rf"^\s*{written}\s*$"
    if match == "starts_with":
        return rf"^\s*{written}"
    if match == "word":
        return rf"\b{written}\b"
    return text if match == "regex" else written


serve(build)
