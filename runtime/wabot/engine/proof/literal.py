"""Literal keywords: which takes every text of another, without an automaton."""

from dataclasses import dataclass
from typing import Final

from wabot.engine.normalize import exact, fold
from wabot.engine.proof.letters import same_letter, wordly
from wabot.engine.proof.syntax import ANY, WHITE, Assertion, Chars, Node, Repeat, Sequence

_WHITE: Final = Chars(WHITE)
_FROM_START: Final = ("exact", "starts_with")
_TO_END: Final = ("exact", "ends_with")


@dataclass(frozen=True, slots=True)
class Literal:
    """A keyword as the engine compares it: `text` is normalised, with its case kept when `cased`; `kind` is exact,
    contains, starts_with, ends_with or word."""

    kind: str
    text: str
    cased: bool = False


def literal(kind: str, keyword: str, cased: bool) -> Literal | None:
    """None: nothing is left of the keyword, and it matches no text."""
    text = exact(keyword) if cased else fold(keyword)
    return Literal(kind, text, cased) if text else None


def takes(earlier: Literal, later: Literal) -> bool:
    """Whether `earlier` matches every (ordinary) text that `later` matches."""
    mine, theirs = earlier.text, later.text
    if later.cased and not earlier.cased:
        theirs = theirs.casefold()
    elif earlier.cased and not later.cased and not _caseless(mine):
        return False
    if earlier.kind == "contains":
        return mine in theirs
    if earlier.kind == "starts_with":
        return later.kind in _FROM_START and theirs.startswith(mine)
    if earlier.kind == "ends_with":
        return later.kind in _TO_END and theirs.endswith(mine)
    if earlier.kind == "exact":
        return later.kind == "exact" and mine == theirs
    return _stands_in(mine, theirs, later.kind)


def _stands_in(word: str, text: str, kind: str) -> bool:
    """Whether `word` stands alone in `text`, whatever surrounds a `text` that is found in this `kind` of way."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        before = not wordly(text[start - 1]) if start else kind in (*_FROM_START, "word")
        after = not wordly(text[end]) if end < len(text) else kind in (*_TO_END, "word")
        if before and after:
            return True
        start = text.find(word, start + 1)
    return False


def _caseless(text: str) -> bool:
    return all(not char.isalpha() and char.casefold() == char == char.upper() for char in text)


def tree(given: Literal) -> Node:
    """The keyword as the regexes see it: in a text that is neither folded nor trimmed."""
    inner: list[Node] = []
    for char in given.text:
        if char == " ":
            inner.append(Repeat(_WHITE, 1, None))
        else:
            inner.append(Chars(frozenset(char) if given.cased else same_letter(char)))
    margin = Repeat(_WHITE, 0, None)
    if given.kind in _FROM_START:
        inner[:0] = [Assertion.TEXT_START, margin]
    if given.kind in _TO_END:
        inner += [margin, Assertion.TEXT_END]
    if given.kind == "word":
        inner = [Assertion.ALONE_BEFORE, *inner, Assertion.ALONE_AFTER]
    return Sequence(tuple(inner))


EVERYTHING: Final[Node] = Repeat(ANY, 0, 0)
"""What every text matches."""
