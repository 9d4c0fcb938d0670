"""Text that reads as a number, a time or true/false, because its quotes are missing."""

import re
from typing import Final

from wabot.language.diagnostic import Diagnostic
from wabot.lint.fixes.fix import Edit, Mending
from wabot.lint.fixes.source import Source

_BARE: Final = re.compile(r"[-+.:\w]+")


def quote(finding: Diagnostic, source: Source) -> Mending | None:
    """Put a value in quotes, whatever it is."""
    node = source.scalar_at(finding.location)
    if node is None or node.style or not _BARE.fullmatch(raw := source.raw(node)):
        return None
    return Mending(f"put {raw} in quotes", (Edit(node.start_mark.index, node.end_mark.index, f'"{raw}"'),))


def quote_where_text_is_wanted(finding: Diagnostic, source: Source) -> Mending | None:
    """Put a number or true/false in quotes where the schema wants a text that looks like this."""
    for departure in source.departures:
        if departure.what != "type" or source.document.locate(departure.steps) != finding.location:
            continue
        wanted = [departure.allowed] if isinstance(departure.allowed, str) else departure.allowed
        if "string" in wanted and isinstance(departure.value, bool | int | float):
            raw = source.document.raw(departure.steps).strip()
            return quote(finding, source) if not departure.pattern or re.search(departure.pattern, raw) else None
    return None
