"""Keys and words that are nearly known: misspelt, and one known word is close. A guess, so never a safe fix."""

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

from wabot.language.diagnostic import Diagnostic
from wabot.lint.fixes.fix import Edit, Mending
from wabot.lint.fixes.source import Source

_CLOSE: Final = 0.75
_PLAIN: Final = re.compile(r"[a-z][a-z0-9_-]*")


def rename_key(finding: Diagnostic, source: Source) -> Mending | None:
    """Give a misspelt key the name that was meant, unless that key is there already, or another one claims it."""
    for departure in source.departures:
        if departure.what != "additionalProperties" or not isinstance(departure.value, dict):
            continue
        unknown = [key for key in departure.value if key not in departure.known]
        for key in unknown:
            steps = (*departure.steps, key)
            if source.document.locate(steps, key=True) != finding.location:
                continue
            meant = _meant(key, departure.known)
            rivals = [other for other in unknown if other != key and _meant(other, departure.known) == meant]
            node = source.key(steps)
            if not meant or meant in departure.value or rivals or node is None:
                return None
            return _replace(source, key, meant, node.start_mark.index, node.end_mark.index)
    return None


def rename_word(finding: Diagnostic, source: Source) -> Mending | None:
    """Replace a misspelt word by the one that was meant, where the schema lists the words."""
    for departure in source.departures:
        if departure.what == "enum" and source.document.locate(departure.steps) == finding.location:
            node = source.scalar_at(finding.location)
            meant = _meant(str(departure.value), [str(word) for word in departure.allowed])
            if meant and node is not None:
                return _replace(source, str(departure.value), meant, node.start_mark.index, node.end_mark.index)
    return None


def _meant(word: str, known: Collection[str]) -> str:
    """The one known word that is close, "" if there are none or several."""
    close = get_close_matches(word.casefold(), list(known), n=2, cutoff=_CLOSE)
    return close[0] if len(close) == 1 and _PLAIN.fullmatch(close[0]) else ""


def _replace(source: Source, word: str, meant: str, start: int, end: int) -> Mending | None:
    if source.text[start:end] not in (word, f'"{word}"', f"'{word}'"):
        return None  # an anchor, a tag, or spelt with escapes
    return Mending(f"write `{meant}` for `{word}`", (Edit(start, end, meant),))
