"""Tenants' regexes, by RE2: linear in the text's length whatever the regex, so that no rule can stall a bot.

The raw `RE2.Match` is called: google-re2's own wrapper, made to look like the `re` module, costs twice the search.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import re2

_UNANCHORED: Final = re2._Anchor.UNANCHORED
_SEARCH: Final = re2._re2.RE2
NO_GROUPS: Final[Mapping[str, str]] = MappingProxyType({})


class RegexError(ValueError):
    """RE2 refuses this regex; the text is RE2's reason."""


def options(case_sensitive: bool) -> Any:
    """RE2's options for a rule's regex."""
    chosen = re2.Options()
    chosen.case_sensitive = case_sensitive
    chosen.log_errors = False
    return chosen


class Regex:
    """A compiled regex. `names` maps the names of its groups to their numbers."""

    __slots__ = ("_capture", "_options", "_whole", "names", "source")

    def __init__(self, source: str, case_sensitive: bool = False) -> None:
        self._options = options(case_sensitive)
        compiled = _SEARCH(source.encode("utf-8", "replace"), self._options)
        if not compiled.ok():
            reason: bytes = compiled.error()
            raise RegexError(reason.decode("utf-8", "replace"))
        self.source = source
        self._capture = compiled.Match
        self.names: dict[str, int] = {name.decode(): number for name, number in compiled.NamedCapturingGroups()}
        # Whether it matches at all is RE2's DFA's work; asking for groups in the same call costs five times as much.
        self._options.never_capture = True
        self._whole = _SEARCH(source.encode("utf-8", "replace"), self._options).Match

    def find(self, text: bytes) -> tuple[int, int] | None:
        """The byte span of the first match in UTF-8 text."""
        span: tuple[int, int] = self._whole(_UNANCHORED, text, 0, len(text))[0]
        return span if span[0] >= 0 else None

    def groups(self, text: bytes) -> Mapping[str, str]:
        """The named groups of the first match ("" for one left out), as the customer spelt them. Lazy."""
        return _Groups(self, text) if self.names else NO_GROUPS

    def _named(self, text: bytes) -> dict[str, str]:
        spans: list[tuple[int, int]] = self._capture(_UNANCHORED, text, 0, len(text))
        return {name: _cut(text, spans[number]) for name, number in self.names.items()}


class _Groups(Mapping[str, str]):
    """Read by few replies, so RE2 is asked for them only when one is read."""

    __slots__ = ("_found", "_regex", "_text")

    def __init__(self, regex: Regex, text: bytes) -> None:
        self._regex, self._text = regex, text
        self._found: dict[str, str] | None = None

    def __getitem__(self, name: str) -> str:
        if self._found is None:
            self._found = self._regex._named(self._text)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._regex.names)

    def __len__(self) -> int:
        return len(self._regex.names)


def _cut(text: bytes, span: tuple[int, int]) -> str:
    return "" if span[0] < 0 else text[span[0] : span[1]].decode("utf-8", "replace")
