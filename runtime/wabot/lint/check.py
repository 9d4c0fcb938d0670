"""A check: what it is called, how grave its findings are, and how it finds them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wabot.language.diagnostic import Location, Severity
from wabot.lint.subject import Subject


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `severity` overrides the check's own ("" = that one)."""

    location: Location
    message: str
    hint: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of finding. `code` is never used again for anything else; its page is docs/checks/CODE.md."""

    code: str
    severity: Severity
    title: str
    run: Callable[[Subject], Iterator[Finding]]
