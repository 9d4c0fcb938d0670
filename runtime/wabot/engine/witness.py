"""A short text that a regex matches, so that a test for it can be written."""

from collections.abc import Iterator
from typing import Final

from wabot.engine.proof.automaton import missed
from wabot.engine.proof.regex import parse
from wabot.engine.proof.syntax import Unknown, example, options
from wabot.language.regex import Regex, RegexError

_MOST: Final = 500
"""Characters: what needs a longer text is left to people."""


def witness(regex: str, case_sensitive: bool = False) -> str | None:
    """A text that `regex` matches, or None when none was found. RE2 has agreed to it."""
    try:
        matches = Regex(regex, case_sensitive).find
        for made in _examples(regex):
            for text in (made.strip(), made):
                if 0 < len(text) <= _MOST and matches(text.encode("utf-8", "replace")) is not None:
                    return text
    except (RegexError, Unknown):
        pass
    return None


def _examples(regex: str) -> Iterator[str]:
    tree = parse(regex, case_sensitive=True)  # letters as they are written read best, and match in either case
    for option in options(tree):
        yield example(option)
        yield example(option, gap=" ")
    # An assertion forbids the obvious ones.
    yield missed(tree, ()) or ""
