"""Which written words are one: misspelt ones, and forms of a word. Told from how often each is written."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Final

from rapidfuzz.distance import OSA

_SHORTEST, _LONGEST = 5, 20
"""Letters: shorter words are other words when a letter changes, longer ones are none."""
_TWO_FROM, _TWO_TO = 8, 14
"""Letters of words of which two may be wrong."""
_RARER: Final = 2
"""A misspelt word is rarer than the one that is meant by so many times."""
_ROOT: Final = 4


def unify(counts: Mapping[str, int]) -> dict[str, str]:
    """Each of these words (with how often it was written) that is another: `dikirim` kirim, `martbak` martabak. What a
    word is taken for is taken for nothing itself."""
    formed = dict(_formed(counts))
    found: Counter[str] = Counter()
    for word, number in counts.items():
        found[formed.get(word, word)] += number
    misspelt = dict(_misspelt(found))
    return {word: meant for word in counts if (meant := _meant(word, formed, misspelt)) != word}


def _meant(word: str, formed: Mapping[str, str], misspelt: Mapping[str, str]) -> str:
    root = formed.get(word, word)
    return misspelt.get(root, root)


def _formed(counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Words that are made of another one that is written, too: no longer word is made of a word that is made itself."""
    made: dict[str, str] = {}
    for word in sorted(counts, key=lambda word: (len(word), word)):
        roots = (made.get(root, root) for root in _roots(word) if root in counts)
        root = next(roots, "")
        if root:
            made[word] = root
    return iter(made.items())


def _roots(word: str) -> Iterator[str]:
    stems = [word, word.removeprefix("di")] if word.startswith("di") else [word]
    for stem in reversed(stems):
        for ending in ("", "kan", "in"):
            root = stem.removesuffix(ending) if stem.endswith(ending) else word
            if root != word and len(root) >= _ROOT:
                yield root


def _misspelt(counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """The most frequent words are right. A word is compared only with those that become the same when a letter or two
    are left out of both."""
    right: dict[str, list[str]] = {}
    for word in sorted(counts, key=lambda word: (-counts[word], word)):
        if not _SHORTEST <= len(word) <= _LONGEST:
            continue
        left = tuple(_with_less(word))
        near = () if word in _common() else _near(word, (one for form in left for one in right.get(form, ())), counts)
        meant = min(near, key=lambda other: (-counts[other], other), default="")
        if meant:
            yield word, meant
        else:
            for form in left:
                right.setdefault(form, []).append(word)


def _near(word: str, others: Iterable[str], counts: Mapping[str, int]) -> set[str]:
    return {
        other
        for other in others
        if other[0] == word[0]
        and not _has_ending(word, other)
        and counts[other] >= _RARER * counts[word]
        and OSA.distance(word, other, score_cutoff=_wrong(word)) <= _wrong(word)
    }


def _has_ending(word: str, other: str) -> bool:
    """Whether one is the other with an ending, which makes it another word: kembalian, kembali."""
    return abs(len(word) - len(other)) > 1 and (word.startswith(other) or other.startswith(word))


def _wrong(word: str) -> int:
    return 2 if _TWO_FROM <= len(word) <= _TWO_TO else 1


def _with_less(word: str) -> set[str]:
    """The word without letters, as many of them as may be wrong."""
    forms = {word}
    for number in range(1, _wrong(word) + 1):
        for gone in combinations(range(len(word)), number):
            forms.add("".join(letter for place, letter in enumerate(word) if place not in gone))
    return forms


@cache
def _common() -> frozenset[str]:
    """Words that are right however rarely they are written."""
    return frozenset(files("wabot.lint").joinpath("common_words.txt").read_text("utf-8").split())
