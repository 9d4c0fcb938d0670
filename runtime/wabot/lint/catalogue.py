"""Every code that `wabot validate` may report: how grave it is, and what it is called. Its page is in docs/checks/."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from wabot.language.diagnostic import Severity
from wabot.lint.checks import CHECKS


@dataclass(frozen=True, slots=True)
class Entry:
    """One code. `silenceable` says whether a comment may silence it."""

    code: str
    severity: Severity
    title: str
    silenceable: bool = False


_LOADER: Final[tuple[tuple[str, Severity, str], ...]] = (
    ("WB001", "error", "A file or folder cannot be read"),
    ("WB002", "error", "A file is not UTF-8 text"),
    ("WB003", "error", "A file is not YAML"),
    ("WB004", "error", "A tab stands where YAML wants spaces"),
    ("WB005", "error", "A key is repeated"),
    ("WB006", "error", "A time without quotes"),
    ("WB007", "error", "YAML that is not used here"),
    ("WB008", "error", "A file is empty, or too large"),
    ("WB010", "error", "A folder without tenants"),
    ("WB011", "error", "A tenant without tenant.yaml"),
    ("WB012", "error", "A folder's name cannot be a tenant's id"),
    ("WB013", "warning", "A file that nobody reads"),
    ("WB014", "warning", "A tenant without rules"),
    ("WB015", "error", "A link that leads out of the tenant's folder"),
    ("WB101", "error", "An unknown key"),
    ("WB102", "error", "A key is missing"),
    ("WB103", "error", "A value of the wrong kind"),
    ("WB104", "error", "A word that is not known there"),
    ("WB105", "error", "A text that has not the right form"),
    ("WB106", "error", "A value that is empty, too large, or listed twice"),
    ("WB201", "error", "A rule's id is used twice"),
    ("WB202", "error", "A template that does not exist"),
    ("WB203", "error", "An unknown variable in a reply"),
    ("WB204", "error", "A reply that is not a template"),
    ("WB205", "error", "A regex that RE2 refuses"),
    ("WB207", "error", "Hours or dates that cannot be"),
    ("WB208", "error", "A time zone that does not exist"),
    ("WB209", "error", "A test expects a rule that does not exist"),
    ("WB210", "error", "A shortcut is used twice"),
    ("WB211", "error", "A calendar of holidays that does not exist"),
    ("WB212", "error", "An unknown filter in a reply"),
    ("WB213", "error", "An example that does not hold"),
    ("WB214", "error", "An option that leads to a rule that does not exist"),
    ("WB215", "error", "A file that does not exist"),
    ("WB216", "error", "A team that does not exist"),
    ("WB217", "error", "A choice that no menu offers"),
    ("WB218", "error", "A shared file that does not exist"),
    ("WB219", "error", "A choice that is decided already"),
    ("WB220", "error", "A rule that nothing leads to"),
    ("WB221", "error", "A number that another tenant has"),
    ("WB222", "error", "A file that WhatsApp does not take"),
)
"""What reading a tenant reports: files (WB0xx), their shape (WB1xx), what they refer to (WB2xx). The loader names the
severity of each finding itself; a test holds the two together."""

_SILENCES: Final[tuple[tuple[str, Severity, str], ...]] = (
    ("WB901", "warning", "A silence without a reason"),
    ("WB902", "warning", "A silence that silences nothing"),
    ("WB903", "warning", "A silence for a code that does not exist"),
    ("WB904", "warning", "A silence for a code that cannot be silenced"),
)


def _entries() -> Iterator[Entry]:
    yield from (Entry(*one) for one in _LOADER)
    yield from (Entry(check.code, check.severity, check.title, silenceable=True) for check in CHECKS)
    yield from (Entry(*one) for one in _SILENCES)


CATALOGUE: Final[Mapping[str, Entry]] = MappingProxyType(
    {entry.code: entry for entry in sorted(_entries(), key=lambda entry: entry.code)}
)
"""Every code, in order."""


def closest(code: str) -> str:
    """The code that was probably meant, "" if none is near: a neighbour of the same hundred, or one spelt alike."""
    if number := re.fullmatch(r"WB(\d{3})", code.upper()):
        alike = [known for known in CATALOGUE if known[:3] == code.upper()[:3]]
        return min(alike, key=lambda known: abs(int(known[2:]) - int(number[1])), default="")
    close = get_close_matches(code.upper(), list(CATALOGUE), n=1, cutoff=0.7)
    return close[0] if close else ""
