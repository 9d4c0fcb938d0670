"""Runs every check on a tenant."""

from collections.abc import Iterable

from wabot.engine.hours import local
from wabot.language.diagnostic import Diagnostic
from wabot.language.document import Document
from wabot.language.tenant import Loaded
from wabot.lint.check import Check
from wabot.lint.checks import CHECKS
from wabot.lint.subject import Subject

_SILENCES = "wabot:"


def lint(loaded: Loaded, now: int, checks: Iterable[Check] = CHECKS) -> tuple[Diagnostic, ...]:
    """What the rules mean to say and do not; beside `loaded.diagnostics`, sorted by place. `now` is UTC milliseconds:
    a holiday may be over."""
    if loaded.readable is None:
        return ()
    today = local(now, loaded.readable.tenant.timezone).date()
    subject = Subject(loaded, loaded.readable, today)
    found = {
        Diagnostic(item.location, item.severity or check.severity, check.code, item.message, item.hint)
        for check in checks
        for item in check.run(subject)
    }
    return tuple(sorted(found))


def may_silence(document: Document) -> bool:
    """Whether a file may hold comments that silence findings (`wabot.lint.silences`): most do not, and pay for none."""
    return _SILENCES in document.text
