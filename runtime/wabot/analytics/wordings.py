"""How customers worded a thing, as it may be shown: nobody is told by it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from rapidfuzz import fuzz

from wabot.engine.fuzzy import words
from wabot.engine.normalize import fold, visible
from wabot.model.masked import masked, masked_within

MOST_EXAMPLES: Final = 3
_LONGEST: Final = 120
_CANDIDATES: Final = 200
_ALIKE: Final = 80
"""Percent in which two wordings are the same: a slip of the pen, another sign at the end."""
_NUMBER: Final = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){7,}")
"""A telephone or account number, however it is spaced."""
_HOUSE: Final = re.compile(r"\b(no|nomor|blok|kav|rt|rw|gang|gg)\b(\.?\s*)[a-z]{0,2}[-.]?\d[\w/-]*", re.IGNORECASE)
"""Where in a street somebody lives."""
_NAMED: Final = re.compile(r"\S+@\S+")


def shown_wording(text: str) -> str:
    """A message on one line, without numbers, addresses and numbers of houses, and not too long."""
    plain = "".join(char for char in " ".join(visible(text).split()) if char.isprintable())
    plain = _NUMBER.sub(lambda found: masked(re.sub(r"\D", "", found[0])), _NAMED.sub("…@…", plain))
    plain = _HOUSE.sub(r"\1\2…", masked_within(plain))
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1].rstrip() + "…"


def examples(texts: Iterable[str], fits: Callable[[str], bool] = bool) -> tuple[str, ...]:
    """The most frequent wordings that may be shown and fit, the shorter ones first where they are as frequent; of those
    that differ by little, one. Which they are does not depend on the order of the texts."""
    counts: Counter[str] = Counter()
    written: dict[str, Counter[str]] = {}
    for text in texts:
        said = " ".join(words(fold(text))) or text
        counts[said] += 1
        written.setdefault(said, Counter())[text] += 1
    found: list[str] = []
    for said in sorted(counts, key=lambda one: (-counts[one], len(one), one))[:_CANDIDATES]:
        shown = shown_wording(_usual(written[said]))
        if shown and fits(shown) and all(fuzz.ratio(shown.lower(), other.lower()) < _ALIKE for other in found):
            found.append(shown)
        if len(found) == MOST_EXAMPLES:
            break
    return tuple(found)


def _usual(counts: Mapping[str, int]) -> str:
    """The most frequent one; small letters rather than capitals."""
    return min(counts, key=lambda text: (-counts[text], text.swapcase()))
