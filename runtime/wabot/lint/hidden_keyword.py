"""Short keywords that are found inside other words, since `contains` looks for letters, not for words."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from wabot.engine.normalize import fold
from wabot.language.diagnostic import Severity
from wabot.language.triggers.keyword import Keyword
from wabot.lint.check import Check, Finding
from wabot.lint.subject import Subject

_LONGEST: Final = 4
_SURE: Final = 3
"""Up to so many letters it is a warning: such letters stand in words of every kind."""
_BEFORE: Final = r"(?:me[mn]?|meng|meny|di|ke|se|ter|ber|pe[mnr]?|peng|peny|ku)*"
_AFTER: Final = r"(?:an|kan|i|in|nya|ny|lah|kah|pun|ku|mu)*"


def _hidden(subject: Subject) -> Iterator[Finding]:
    for rule in subject.rules:
        trigger = rule.trigger
        if not isinstance(trigger, Keyword) or trigger.match != "contains":
            continue
        for place, keyword in enumerate(trigger.keywords):
            if len(keyword) > _LONGEST or (trigger.case_sensitive and keyword != keyword.lower()):
                continue
            if words := words_around(fold(keyword)):
                shown = " and ".join(f"`{word}`" for word in words[:2])
                at = subject.place(rule).locate("trigger", "keywords", place)
                severity: Severity | None = None if len(keyword) <= _SURE else "info"
                message = f"the keyword `{keyword}` also stands in {shown}"
                yield Finding(at, message, "write `match: word`, which finds whole words only", severity)


@lru_cache(maxsize=2048)
def words_around(keyword: str) -> tuple[str, ...]:
    """Common Indonesian words that hold the keyword and are not made from it: for `buka` `bukan`, not `dibuka`."""
    if not keyword.isalpha():
        return ()
    own = re.compile(f"{_BEFORE}{re.escape(keyword)}{_AFTER}")
    return tuple(word for word in _common_words() if keyword in word and not own.fullmatch(word))


@cache
def _common_words() -> tuple[str, ...]:
    """The most common ones first."""
    return tuple(files("wabot.lint").joinpath("common_words.txt").read_text("utf-8").split())


CHECKS = (Check("WB305", "warning", "A short keyword that stands in other words", _hidden),)
