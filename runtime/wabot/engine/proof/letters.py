"""Which characters a case-insensitive comparison takes for the same, and which texts the proofs speak of."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from wabot.engine.normalize import visible
from wabot.engine.proof.syntax import WHITE

_CASED_BELOW: Final = 0x1E944
"""No character from here on has another case."""

_FROM_NORMALIZING: Final = "\u1160"
"""Dropped from what customers write, but NFKC makes it anew out of a half-width filler."""


@lru_cache(maxsize=4096)
def same_letter(char: str) -> frozenset[str]:
    """`char` and its other cases, of those that a normalised text can hold."""
    if char.isascii():
        return frozenset((char.lower(), char.upper()))
    return _by_fold().get(char.casefold(), frozenset()) | {char}


@cache
def _by_fold() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for code in range(0x80, _CASED_BELOW):
        if not 0xD800 <= code < 0xE000:
            char = chr(code)
            folded = char.casefold()
            if folded != char:
                found[folded] |= {char, folded} if len(folded) == 1 else {char}
    return {folded: frozenset(chars) for folded, chars in found.items()}


def can_occur(char: str) -> bool:
    """Whether a normalised text can hold it: ①, ½, … and variation selectors never reach a regex."""
    return visible(char) == char or char == _FROM_NORMALIZING


def wordly(char: str) -> bool:
    """As `wabot.engine.index.at_word` sees it."""
    return char.isalnum() or char == "_"


def is_ordinary(char: str) -> bool:
    """Whether it folds to one character of its kind, and is white space to RE2 if it is to Python."""
    folded = char.casefold()
    return len(folded) == 1 and wordly(folded) == wordly(char) and (not char.isspace() or char in WHITE)


def ordinary(text: str) -> bool:
    """Whether the proofs about literals speak of this text. They leave out what no phone's keyboard offers to
    Indonesian customers: white space such as the vertical tab and U+2028, and letters such as ß and İ, which a
    comparison without case takes for two characters."""
    return all(map(is_ordinary, visible(text)))
