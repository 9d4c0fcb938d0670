"""Keywords that may be misspelt: whole words, compared by Levenshtein distance.

Every keyword is held against every run of as many words, so the answer does not depend on what other rules there are;
keywords of another length than the run by more than their typos are left out beforehand, which changes nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any, Final

MOST_WORDS: Final = 200
"""Misspelt keywords are looked for in so many words: in the longest message that WhatsApp takes, a thousand keywords
would cost seconds, and nobody asks a shop something after two hundred words."""
_WORD: Final = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of a folded text, the first `MOST_WORDS` of them."""
    return [found[0] for found in islice(_WORD.finditer(text), MOST_WORDS)]


def typos(keyword: str, most: int | None) -> int:
    """How many letters may be wrong: `most`, or 0 under 4 letters, 1 from 4, 2 from 8."""
    if most is not None:
        return most
    letters = len(keyword.replace(" ", ""))
    return 0 if letters < 4 else 1 if letters < 8 else 2


def runs(found: list[str], length: int) -> Iterator[str]:
    """Every run of `length` words next to each other."""
    for start in range(len(found) - length + 1):
        yield " ".join(found[start : start + length])


def close(run: str, keyword: str, most: int) -> bool:
    """Whether one becomes the other by at most `most` insertions, deletions and substitutions."""
    return run == keyword or (most > 0 and _distance()(run, keyword, score_cutoff=most) <= most)


@cache
def _distance() -> Callable[..., int]:
    # Imported by the first rule that needs it: most tenants have none.
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance


class Fuzzy:
    """Many misspelt keywords at once. What is found is whatever was added beside them."""

    __slots__ = ("_by_words",)

    def __init__(self, keywords: Iterable[tuple[str, int, Any]]) -> None:
        """`keywords`: folded keyword, typos, what to return for it."""
        self._by_words: dict[int, dict[int, list[tuple[str, int, Any]]]] = {}
        for keyword, most, meaning in keywords:
            parts = words(keyword)
            plain = " ".join(parts)
            if plain:
                lengths = self._by_words.setdefault(len(parts), {})
                for length in range(len(plain) - most, len(plain) + most + 1):
                    lengths.setdefault(length, []).append((plain, most, meaning))

    def found(self, text: str) -> list[Any]:
        """What stands beside the keywords that the folded `text` holds, each once."""
        seen: dict[int, Any] = {}
        split = words(text)
        for count, lengths in self._by_words.items():
            for run in runs(split, count):
                for keyword, most, meaning in lengths.get(len(run), ()):
                    if id(meaning) not in seen and close(run, keyword, most):
                        seen[id(meaning)] = meaning
        return list(seen.values())
