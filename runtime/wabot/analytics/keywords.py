"""By which keywords a rule takes the messages of a group, and none that other rules know."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from wabot.analytics.chat_words import Use
from wabot.analytics.grouping import Group
from wabot.engine.normalize import fold
from wabot.engine.trace import in_text
from wabot.language.triggers.keyword import Keyword, Match

_MOST_WORDS, _MOST = 10, 30
_MOST_TRIED: Final = 100
"""Phrases that are held against every message: where more are needed, they have nothing in common."""
_LONGEST_PHRASE, _LONGEST_TEXT = 60, 200
_WORD: Final = re.compile(r"\w+")


def keywords(group: Group, texts: Sequence[str], known: Sequence[str]) -> tuple[tuple[str, ...], Match]:
    """The word that the messages share, as they write it, or with its neighbours where the word alone stands in texts
    that are `known` to other rules; whole messages where they share only how they ask. () where nothing takes more than
    half of them."""
    said = Counter(map(fold, texts))
    if group.use is Use.asking:
        whole = [text for text in _most(said) if len(text) <= _LONGEST_TEXT and text not in known]
        return _covering(whole, said, "exact"), "exact"
    free = [form for form in group.forms[:_MOST_WORDS] if not _stands(form, known)]
    if words := _covering(free, said, "word"):
        return words, "word"
    phrases = Counter[str]()
    for text, number in said.items():
        phrases.update(dict.fromkeys(_phrases(text, group.forms), number))
    often = (phrase for phrase in _most(phrases) if not _stands(phrase, known))
    return _covering(list(islice(often, _MOST_TRIED)), said, "word"), "word"


def _covering(offered: Sequence[str], said: Mapping[str, int], match: Match) -> tuple[str, ...]:
    """Those of the keywords that each take something more, until nothing is left; () where that is not most of it."""
    left = dict(said)
    chosen: list[str] = []
    for keyword in offered:
        if not left or len(chosen) == _MOST:
            break
        taken = [text for text in left if keyword in text and _matches(keyword, text, match)]
        if taken:
            chosen.append(keyword)
            for text in taken:
                del left[text]
    return tuple(chosen) if 2 * sum(left.values()) < sum(said.values()) else ()


def _phrases(text: str, forms: Sequence[str]) -> Iterator[str]:
    """The word with the one before it, after it, and both."""
    places = [found.span() for found in _WORD.finditer(text)]
    for number, (start, end) in enumerate(places):
        if text[start:end] in forms:
            first, last = places[max(number - 1, 0)][0], places[min(number + 1, len(places) - 1)][1]
            for phrase in (text[first:end], text[start:last], text[first:last]):
                if end - start < len(phrase) <= _LONGEST_PHRASE:
                    yield phrase


def _stands(keyword: str, texts: Sequence[str]) -> bool:
    return any(keyword in text and _matches(keyword, text, "word") for text in texts)


def _matches(keyword: str, text: str, match: Match) -> bool:
    return in_text(Keyword((keyword,), match), text) is not None


def _most(counts: Mapping[str, int]) -> list[str]:
    return sorted(counts, key=lambda one: (-counts[one], one))
