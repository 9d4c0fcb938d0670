"""Tenants' regexes, by RE2: linear in the text's length whatever the regex, so that no rule can stall a bot.

The raw `RE2.Match` is called: google-re2's own wrapper, made to look like the `re` module, costs twice the search.
"""

from typing import Any, Final

import re2

_UNANCHORED: Final = re2._Anchor.UNANCHORED
_SEARCH: Final = re2._re2.RE2


class RegexError(ValueError):
    """RE2 refuses this regex; the text is RE2's reason."""


def options(case_sensitive: bool) -> Any:
    """RE2's options for a rule's regex."""
    chosen = re2.Options()
    chosen.case_sensitive = case_sensitive
    chosen.log_errors = False
    return chosen


class Regex:
    """A compiled regex. `groups` maps the names of its groups to their numbers."""

    __slots__ = ("_match", "groups", "source")

    def __init__(self, source: str, case_sensitive: bool = False) -> None:
        compiled = _SEARCH(source.encode("utf-8", "replace"), options(case_sensitive))
        if not compiled.ok():
            reason: bytes = compiled.error()
            raise RegexError(reason.decode("utf-8", "replace"))
        self.source = source
        self._match = compiled.Match
        self.groups: dict[str, int] = {name.decode(): number for name, number in compiled.NamedCapturingGroups()}

    def find(self, text: bytes) -> list[tuple[int, int]] | None:
        """The first match in UTF-8 text: byte spans of the whole and of each group, (-1, -1) for a group left out."""
        spans: list[tuple[int, int]] = self._match(_UNANCHORED, text, 0, len(text))
        return spans if spans[0][0] >= 0 else None

    def named(self, text: bytes, spans: list[tuple[int, int]]) -> dict[str, str]:
        """The texts of the named groups ("" for one left out), in the customer's spelling."""
        return {name: _cut(text, spans[number]) for name, number in self.groups.items()}


def _cut(text: bytes, span: tuple[int, int]) -> str:
    return "" if span[0] < 0 else text[span[0] : span[1]].decode("utf-8", "replace")
