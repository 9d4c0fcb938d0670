"""What a fix is: how it is offered, and what it changes."""

from collections.abc import Callable
from dataclasses import dataclass

from wabot.language.diagnostic import Diagnostic
from wabot.lint.fixes.source import Source


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replaces the characters from `start` up to `end` of a file's text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Mending:
    """One finding, mended: `title` says what is done ("put 17:30 in quotes"), all edits belong together."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Fix:
    """A way to mend the findings of one code. `safe` means that the rules do what their author plainly meant, and
    nothing else changes; what guesses is not. `mend` returns None for a finding that it cannot mend."""

    safe: bool
    mend: Callable[[Diagnostic, Source], Mending | None]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A fix for one finding, not yet applied."""

    finding: Diagnostic
    safe: bool
    mending: Mending


@dataclass(frozen=True, slots=True)
class Fixed:
    """A finding that was mended, at the place where it stood."""

    finding: Diagnostic
    title: str
    safe: bool
