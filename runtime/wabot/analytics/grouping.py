"""Messages that ask the same, in other words: those that share the word that says most of the matter.

Nothing depends on the order of the messages: what is chosen is chosen by how often it was written, and by the alphabet.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple

from wabot.analytics.chat_words import Use, read_word
from wabot.analytics.spelling import unify
from wabot.engine.fuzzy import words
from wabot.engine.normalize import fold

_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_CODE: Final = re.compile(r"\d{3}|\d.*\D.*\d|\d\D{4}")
"""Numbers, codes and dates are about one customer."""
_LONGEST: Final = 40
"""Letters: nobody writes a longer word twice."""


@dataclass(frozen=True, slots=True)
class Group:
    """Messages about one matter, by their places in what was given, ascending. `word` is what they share; `forms` how
    it is written (folded, the most frequent first), none where they share only how they ask; `beside` the words that
    often stand with it."""

    word: str
    use: Use
    members: tuple[int, ...]
    forms: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


class Grouped(NamedTuple):
    """Every message is in one of these, once. `groups` has the largest first; `greetings` greet, thank, or say yes or
    no; `wordless` have no word at all: signs, numbers, addresses."""

    groups: tuple[Group, ...]
    greetings: tuple[int, ...]
    wordless: tuple[int, ...]


class _Text(NamedTuple):
    """A folded text: who said it, and each of its words, with how it was written."""

    said: str
    places: tuple[int, ...]
    written: Mapping[str, str]


def group(messages: Sequence[str]) -> Grouped:
    """Group messages by what they ask."""
    said: dict[str, list[int]] = {}
    for place, message in enumerate(messages):
        said.setdefault(fold(message), []).append(place)
    written = {text: tuple(dict.fromkeys(_written(text))) for text in said}
    meant = _meanings((form, len(said[text])) for text, forms in written.items() for form in forms)
    by_use: dict[Use | None, list[_Text]] = {}
    for text, forms in written.items():
        use = min((read_word(form).use for form in forms), default=None)
        telling = {meant[form]: form for form in reversed(forms) if read_word(form).use == use}
        by_use.setdefault(use, []).append(_Text(text, tuple(said[text]), telling))
    groups = [
        *_by_word(by_use.get(Use.named, ()), Use.named),
        *_by_word(by_use.get(Use.general, ()), Use.general),
        *_by_asking(by_use.get(Use.asking, ())),
    ]
    small = [place for use in (Use.filler, Use.greeting) for text in by_use.get(use, ()) for place in text.places]
    empty = [place for text in by_use.get(None, ()) for place in text.places]
    return Grouped(
        tuple(sorted(groups, key=lambda one: (-len(one.members), one.use, one.word))),
        tuple(sorted(small)),
        tuple(sorted(empty)),
    )


def _written(text: str) -> Iterator[str]:
    return (word for word in words(_ADDRESS.sub(" ", text)) if _is_word(word))


def _is_word(written: str) -> bool:
    return len(written) <= _LONGEST and not _CODE.search(written) and any(map(str.isalpha, written))


def _meanings(written: Iterable[tuple[str, int]]) -> dict[str, str]:
    """The word that each written one means."""
    counts: Counter[str] = Counter()
    for form, number in written:
        counts[form] += number
    named: Counter[str] = Counter()
    for form, number in counts.items():
        word = read_word(form)
        if word.use is Use.named:
            named[word.meant] += number
    same = unify(named)
    return {form: same.get(word.meant, word.meant) for form in counts for word in (read_word(form),)}


def _by_word(texts: Sequence[_Text], use: Use) -> Iterator[Group]:
    """The word that the most messages share makes a group of them; of what is left, the next does."""
    having: dict[str, list[int]] = {}
    counts: Counter[str] = Counter()
    for number, text in enumerate(texts):
        for word in text.written:
            having.setdefault(word, []).append(number)
            counts[word] += len(text.places)
    # What stands in the heap may have become less since: it is then put back where it belongs.
    heap = [_rank(word, counts) for word in counts]
    heapify(heap)
    taken = bytearray(len(texts))
    while heap:
        rank = heappop(heap)
        word = rank[-1]
        if not counts[word]:
            continue
        if (now := _rank(word, counts)) != rank:
            heappush(heap, now)
            continue
        members = [number for number in having[word] if not taken[number]]
        for number in members:
            taken[number] = 1
            for other in texts[number].written:
                counts[other] -= len(texts[number].places)
        yield _group(word, use, [texts[number] for number in members])


def _rank(word: str, counts: Mapping[str, int]) -> tuple[int, int, str]:
    return -counts[word], -len(word), word


def _group(word: str, use: Use, texts: Sequence[_Text]) -> Group:
    forms: Counter[str] = Counter()
    beside: Counter[str] = Counter()
    for text in texts:
        forms[text.written[word]] += len(text.places)
        for other in text.written:
            beside[other] += len(text.places) if other != word else 0
    members = tuple(sorted(place for text in texts for place in text.places))
    often = [other for other in _most(beside) if beside[other] > 1 and 10 * beside[other] >= len(members)]
    return Group(word, use, members, tuple(_most(forms)), tuple(often[:3]))


def _most(counts: Mapping[str, int]) -> list[str]:
    return sorted(counts, key=lambda one: (-counts[one], one))


def _by_asking(texts: Sequence[_Text]) -> Iterator[Group]:
    asked: dict[str, list[int]] = {}
    for text in texts:
        asked.setdefault(" ".join(sorted(text.written)), []).extend(text.places)
    for words_of_it, places in asked.items():
        yield Group(words_of_it, Use.asking, tuple(sorted(places)))
